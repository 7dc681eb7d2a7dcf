import { CredentialError, RotationBusyError, RotationStepError, SecretStageMovedError } from '../../errors/secret-errors.ts';
import { CURRENT, PENDING } from '../../ports/secrets.ts';
import { changeRotation } from './change-rotation.ts';
import { startRevocation } from './revocation-execution.ts';
import { describeSecret, type Rotation, type RotationDeps, versionWith } from './rotation-context.ts';
import { GIVEN_UP, isOpen, type RotationState, type RotationWindow } from './rotation-state.ts';

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
    if (window?.token === from && window.old === to && isGone(window)) throw goneError(secretId);
    if (found?.progress?.token === to && found.progress.failure?.code === GIVEN_UP) throw givenUpError(secretId, to);
    if (deps.system.overlaps && isOpen(window) && isOfAnother(window, { from, to })) throw stillValidError(secretId, window);
    const said = termsOf(found, { from, to });
    const next = { token: to, old: from, status: 'moving', since: deps.clock.now(), ...said } as const;
    return { window: next, event: { type: 'rotationFinishing', data: { secretId, version: to, old: from } } };
  });
  if (state?.window) await startRevocation(deps.workflow, secretId, state.window);
  try {
    await deps.secrets.moveStage(secretId, CURRENT, { from, to });
  } catch (error) {
    if (!(error instanceof SecretStageMovedError)) throw error;
    // Another attempt was first, or a person has moved it.
    if (versionWith(await describeSecret(deps, secretId), CURRENT) !== to) throw error;
  }
  await openWindow(deps, { secretId, token: to });
}

/** A rotation that woke up late has moved the label meanwhile: nobody would revoke what its window is for, were it replaced. */
const isOfAnother = (window: RotationWindow, { from, to }: { readonly from: string; readonly to: string }): boolean =>
  !(window.token === to && window.old === from) &&
  !(window.token === from && window.old === to) &&
  // Its rotation died before the label moved, and this one has taken its place.
  !(window.status === 'moving' && window.token !== from);

export function stillValidError(secretId: string, { revokeAt }: Pick<RotationWindow, 'revokeAt'>): RotationBusyError {
  const until = revokeAt === undefined ? '' : ` until ${new Date(revokeAt).toISOString()}`;
  return new RotationBusyError(`The credential that ${secretId} had before is valid still${until}.`, {
    next: `It is rotated after that; to end it now: slipway secrets rotate ${secretId} --now --revoke-old`,
  });
}

/** There is nothing to go back to any more, or will not be in a moment. */
export const isGone = ({ status }: RotationWindow): boolean => status === 'revoking' || status === 'revoked';

export const goneError = (secretId: string): CredentialError =>
  new CredentialError(`The credential that ${secretId} had before is valid no more; the new one stays.`, {
    next: 'Rotate it again where the new one is not to be trusted.',
  });

const givenUpError = (secretId: string, version: string): RotationStepError =>
  new RotationStepError(`The rotation of ${secretId} to version ${version} was given up.`, { next: 'Ask for another one.' });

/** What was asked for with a rotation; one that is taken back leaves as much time as it had. */
function termsOf(
  state: RotationState | undefined,
  { from, to }: { readonly from: string; readonly to: string },
): Pick<RotationWindow, 'overlap' | 'suspect'> {
  const { asked, window } = state ?? {};
  const overlap = asked?.token === to ? asked.overlap : window?.token === from && window.old === to ? window.overlap : undefined;
  return {
    ...(overlap === undefined ? {} : { overlap }),
    ...(asked?.token === to && asked.revokeOld ? { suspect: true } : {}),
  };
}

/** Consumers read the new version from now on: the old credential has its time, counted from here. */
export async function openWindow(deps: RotationDeps, { secretId, token }: Rotation): Promise<RotationWindow | undefined> {
  const secret = await describeSecret(deps, secretId);
  if (secret.versions.get(token)?.includes(PENDING)) await deps.secrets.moveStage(secretId, PENDING, { from: token });
  const state = await changeRotation(deps, secretId, (found) => {
    const window = found?.window;
    if (window?.token !== token || window.status !== 'moving') return undefined;
    const revokeAt = deps.clock.now() + (window.suspect ? 0 : (window.overlap ?? deps.overlap));
    const event = { type: 'rotationFinished', data: { secretId, version: token, old: window.old, revokeAt } } as const;
    return { ...(found?.pending === token ? { pending: null } : {}), window: { ...window, status: 'open', revokeAt }, event };
  });
  return state?.window;
}
