import { SecretStageMovedError } from '../../errors/secret-errors.ts';
import { CURRENT, PENDING } from '../../ports/secrets.ts';
import { changeRotation } from './change-rotation.ts';
import { describeSecret, type Rotation, type RotationDeps, versionWith } from './rotation-context.ts';
import type { RotationWindow } from './rotation-state.ts';

/** The machine that waits for the end of a window. */
const REVOKE_MACHINE = 'revoke';

/**
 * Makes another version the current one, and sees to it that the one before is revoked in time. The wait is begun before the label moves: from
 * then on nothing that dies here leaves a credential behind that nobody would take away.
 */
export async function moveCurrent(
  deps: RotationDeps,
  secretId: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const state = await changeRotation(deps, secretId, (found) => {
    const { window } = found ?? {};
    if (window?.token === to && window.old === from && window.status === 'moving') return undefined;
    const suspect = found?.asked?.token === to && found.asked.revokeOld ? ({ suspect: true } as const) : {};
    const next = { token: to, old: from, status: 'moving', since: deps.clock.now(), ...suspect } as const;
    return { window: next, event: { type: 'rotationFinishing', data: { secretId, version: to, old: from } } };
  });
  if (state?.window) await startRevocation(deps, secretId, state.window);
  try {
    await deps.secrets.moveStage(secretId, CURRENT, { from, to });
  } catch (error) {
    if (!(error instanceof SecretStageMovedError)) throw error;
    // Another attempt was first, or a person has moved it.
    if (versionWith(await describeSecret(deps, secretId), CURRENT) !== to) throw error;
  }
  await openWindow(deps, { secretId, token: to });
}

/** Consumers read the new version from now on: the old credential has its time, counted from here. */
export async function openWindow(deps: RotationDeps, { secretId, token }: Rotation): Promise<RotationWindow | undefined> {
  const secret = await describeSecret(deps, secretId);
  if (secret.versions.get(token)?.includes(PENDING)) await deps.secrets.moveStage(secretId, PENDING, { from: token });
  const state = await changeRotation(deps, secretId, (found) => {
    const window = found?.window;
    if (window?.token !== token || window.status !== 'moving') return undefined;
    const revokeAt = deps.clock.now() + (window.suspect ? 0 : deps.overlap);
    const event = { type: 'rotationFinished', data: { secretId, version: token, old: window.old, revokeAt } } as const;
    return { ...(found?.pending === token ? { pending: null } : {}), window: { ...window, status: 'open', revokeAt }, event };
  });
  return state?.window;
}

/** Begins to wait for the end of a window; again is the same. */
async function startRevocation(
  { workflow }: Pick<RotationDeps, 'workflow'>,
  secretId: string,
  { token, since }: RotationWindow,
): Promise<void> {
  await workflow.start(REVOKE_MACHINE, `revoke-${token}-${since}`, { secretId, token, since });
}
