import { RotationBusyError, RotationStepError } from '../../errors/secret-errors.ts';
import type { SlipwayError } from '../../errors/slipway-error.ts';
import type { Rotations } from '../../ports/rotations.ts';
import { PENDING, type Secrets } from '../../ports/secrets.ts';
import type { JournalDeps } from '../../run/journal.ts';
import { changeRotation } from './change-rotation.ts';
import { requireSettings } from './change-settings.ts';
import { describeSecret, type Rotation, versionWith } from './rotation-context.ts';
import { overlapsOf, type RotationSettings } from './rotation-settings.ts';
import { type RotationStanding, rotationStanding } from './rotation-standing.ts';
import { isOpen, type RotationState } from './rotation-state.ts';
import { stillValidError } from './rotation-window.ts';

export interface AskDeps extends JournalDeps {
  readonly secrets: Secrets;
  readonly rotations: Rotations;
}

export interface RotationRequest extends Rotation {
  readonly environment: string;
  readonly actor: string;
  /** The old credential is not to be trusted: it, and one that an earlier rotation has left its time, is revoked as soon as the new one is tested. */
  readonly revokeOld: boolean;
  /** For how long the old credential stays valid, ms, in place of what the settings of the secret say. */
  readonly overlap?: number;
}

/**
 * Asks for a rotation: durably, then of whoever calls the steps. Sent again with the same token it is the same rotation. Throws
 * RotationBusyError where another one is under way, or the old credential of the last one has its time still (unless `revokeOld`).
 */
export async function askRotation(deps: AskDeps, asked: RotationRequest): Promise<RotationStanding> {
  const { secretId, token, actor, revokeOld, overlap } = asked;
  const settings = await requireSettings(deps, asked);
  const before = await rotationStanding(deps, asked);
  if (before.status !== 'unknown' && before.status !== 'pending') return before;
  if (!settings.enabled) throw disabled(secretId);
  await giveUpFailed(deps, asked);
  await changeRotation(deps, secretId, (state) => {
    if (state?.asked?.token === token) return undefined;
    const refusal = revokeOld ? undefined : rotationRefusal(settings, state);
    if (refusal) throw refusal;
    const at = deps.clock.now();
    if (state?.asked && at - state.asked.at < BEGINS_MS && !hasFailed(state)) throw underWay(secretId);
    return {
      asked: { token, at, actor, revokeOld, ...(overlap === undefined ? {} : { overlap }) },
      event: { type: 'rotationAsked', actor, data: { secretId, version: token, revokeOld } },
    };
  });
  await deps.rotations.begin(secretId, token);
  return rotationStanding(deps, asked);
}

/** Why a rotation would be refused if it were asked for now; undefined: by what is written down it would not be. */
export function rotationRefusal(settings: RotationSettings, state: RotationState | undefined): SlipwayError | undefined {
  if (!settings.enabled) return disabled(settings.secretId);
  if (isOpen(state?.window) && overlapsOf(settings)) return stillValidError(settings.secretId, state.window);
  return undefined;
}

const disabled = (secretId: string) =>
  new RotationStepError(`The rotation of ${secretId} is disabled.`, { next: `slipway secrets enable ${secretId}` });

/** Within this time whoever has asked has it begun, or has died, ms. */
const BEGINS_MS = 60_000;

const hasFailed = ({ asked, progress }: RotationState): boolean =>
  progress?.token === asked?.token && progress?.failure?.retryable === false;

const underWay = (secretId: string) =>
  new RotationBusyError(`A rotation of ${secretId} is under way.`, {
    next: `See how it stands: slipway secrets show ${secretId}`,
  });

/** One that does not go on by itself has the label still: what it left behind is taken over by the next one. */
async function giveUpFailed(deps: AskDeps, { secretId, token }: Rotation): Promise<void> {
  const pending = versionWith(await describeSecret(deps, secretId), PENDING);
  if (pending === undefined || pending === token) return;
  const standing = await rotationStanding(deps, { secretId, token: pending });
  if (standing.status === 'pending') {
    // Whoever began it may have died.
    await deps.rotations.begin(secretId, pending);
    throw underWay(secretId);
  }
  if (standing.status === 'failed') await deps.secrets.moveStage(secretId, PENDING, { from: pending });
}
