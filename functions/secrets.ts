import type { RotationView, SecretDetail, SecretView, WindowView } from '../shared/api/secrets.ts';
import { SecretsUnavailableError } from '../shared/errors/secret-errors.ts';
import type { SecretDescription } from '../shared/ports/secrets.ts';
import { PENDING } from '../shared/ports/secrets.ts';
import { loadRotation } from '../shared/secrets/rotation/change-rotation.ts';
import { putSettings, requireSettings, type SettingsChange } from '../shared/secrets/rotation/change-settings.ts';
import { isOverdue, nextRotation } from '../shared/secrets/rotation/next-rotation.ts';
import { versionWith } from '../shared/secrets/rotation/rotation-context.ts';
import { type RotationSettings, rotationPolicy } from '../shared/secrets/rotation/rotation-settings.ts';
import { type RotationStanding, rotationStanding } from '../shared/secrets/rotation/rotation-standing.ts';
import type { RotationState, RotationWindow } from '../shared/secrets/rotation/rotation-state.ts';
import type { Deps } from './deps.ts';
import type { Call } from './middleware/api-function.ts';

/** A change of settings as a person asks for it. */
export const changeOf = (
  asked: Pick<SettingsChange, 'secretId' | 'reason' | 'ifRev'> & { readonly environment?: string | undefined },
  deps: Pick<Deps, 'environment'>,
  { actor }: Pick<Call, 'actor'>,
): SettingsChange => ({
  ...{ secretId: asked.secretId, environment: asked.environment ?? deps.environment },
  ...{ reason: asked.reason, ifRev: asked.ifRev, actor },
});

export const windowView = ({ token: version, ...window }: RotationWindow): WindowView => ({ version, ...window });

export function secretView(settings: RotationSettings, state: RotationState | undefined, now: number): SecretView {
  const { secretId: id, environment, rev, actor, reason, changedAt: at } = settings;
  const nextAt = nextRotation(settings, state);
  return {
    ...rotationPolicy.parse(settings),
    ...{ id, environment, rev, changed: { actor, reason, at } },
    ...(state?.window ? { window: windowView(state.window) } : {}),
    ...(nextAt === undefined ? {} : { nextAt }),
    overdue: isOverdue(state, settings.overlap, now),
  };
}

export function rotationView(version: string, standing: RotationStanding): RotationView {
  const { status } = standing;
  if (standing.status !== 'pending' && standing.status !== 'failed') return { version, status };
  const { step, failure } = standing;
  return { version, status, step, ...(failure ? { failure } : {}) };
}

/** What is known of a secret, as far as its store tells. */
export async function secretDetail(deps: Deps, settings: RotationSettings): Promise<SecretDetail> {
  const { secretId } = settings;
  const state = await loadRotation(deps, secretId);
  const view = secretView(settings, state, deps.clock.now());
  try {
    const secret = await deps.secrets.describe(secretId);
    if (!secret) return { ...view, versions: [], unavailable: MISSING };
    const version = state?.asked?.token ?? versionWith(secret, PENDING) ?? state?.progress?.token;
    const standing = version === undefined ? undefined : await rotationStanding(deps, { secretId, token: version });
    return {
      ...view,
      versions: versionsOf(secret),
      ...(standing && version ? { rotation: rotationView(version, standing) } : {}),
    };
  } catch (error) {
    if (!(error instanceof SecretsUnavailableError)) throw error;
    const { code, message, next } = error;
    return { ...view, versions: [], unavailable: { code, message, ...(next === undefined ? {} : { next }) } };
  }
}

const MISSING = { code: 'SECRET_NOT_FOUND', message: 'There is no such secret any more.', next: 'Put a value into it.' } as const;

const versionsOf = ({ versions }: SecretDescription): SecretDetail['versions'] =>
  [...versions].map(([version, labels]) => ({ version, labels: [...labels].sort() }));

/** The settings first: they say what is wanted where somebody dies in between, and the same again brings it about. */
export async function switchRotation(deps: Deps, change: SettingsChange, enabled: boolean): Promise<SecretDetail> {
  const found = await requireSettings(deps, change);
  const settings = found.enabled === enabled ? found : await putSettings(deps, change, () => ({ ...found, enabled }));
  await deps.rotations.enable(change.secretId, enabled);
  return secretDetail(deps, settings);
}
