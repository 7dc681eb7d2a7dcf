import { isDeepStrictEqual } from 'node:util';
import { CredentialError, RotationStepError } from '../../errors/secret-errors.ts';
import { CURRENT } from '../../ports/secrets.ts';
import { changeRotation, loadRotation } from './change-rotation.ts';
import {
  admitted,
  currentOf,
  describeSecret,
  type Rotation,
  type RotationDeps,
  readVersion,
  versionWith,
} from './rotation-context.ts';
import type { RotationWindow } from './rotation-state.ts';
import { openWindow } from './rotation-window.ts';

export type Revocation =
  | { readonly outcome: 'wait' /** Epoch ms. */; readonly until: number }
  /** `kept`: it is the current one again. */
  | { readonly outcome: 'revoked' | 'kept' | 'superseded' };

/** Which window: a version may become the current one more than once. */
export type Window = Rotation & { readonly since: number };

/**
 * Takes the old credential away once its time is over, or before that (`atOnce`). Only where the server admits the current one: else nobody
 * could get in.
 */
export async function revokeOld(
  deps: RotationDeps,
  { secretId, token, since }: Window,
  { atOnce = false }: { readonly atOnce?: boolean } = {},
): Promise<Revocation> {
  const window = (await loadRotation(deps, secretId))?.window;
  if (window?.token !== token || window.since !== since) return { outcome: 'superseded' };
  if (window.status === 'revoked' || window.status === 'kept') return { outcome: window.status };
  const now = deps.clock.now();
  const secret = await describeSecret(deps, secretId);
  const current = versionWith(secret, CURRENT);
  if (window.status === 'moving') {
    // Whoever was to move the label has died, before that or after it.
    const { overlap = deps.overlap } = window;
    if (current === token)
      return { outcome: 'wait', until: (await openWindow(deps, { secretId, token }))?.revokeAt ?? now + overlap };
    if (now < since + overlap + MOVING_MS) return { outcome: 'wait', until: since + overlap + MOVING_MS };
    if (current === window.old) return close(deps, secretId, window, 'kept');
    // Two rotations moved it at once: the label is on the other's version, and nobody looks after what both have replaced.
  }
  if (!atOnce && window.revokeAt !== undefined && window.revokeAt > now) return { outcome: 'wait', until: window.revokeAt };
  const revoking = await beginRevoking(deps, secretId, window);
  if (!revoking) return { outcome: 'superseded' };
  // A person may have moved the label back, or on: whatever is not current has had its time.
  const past = [window.old, window.token].filter((version) => version !== current);
  if (deps.system.overlaps) for (const version of past) await takeAway(deps, secretId, version, secret);
  return close(deps, secretId, revoking, current === window.old ? 'kept' : 'revoked');
}

/** From here on the rotation is not taken back any more. Undefined: that has begun before, and the window is another one. */
async function beginRevoking(deps: RotationDeps, secretId: string, window: RotationWindow): Promise<RotationWindow | undefined> {
  const state = await changeRotation(deps, secretId, (state) => {
    const now = state?.window;
    return now?.token === window.token && now.since === window.since && now.status === window.status && now.status !== 'revoking'
      ? {
          window: { ...now, status: 'revoking' },
          event: { type: 'credentialRevoking', data: { secretId, version: window.old } },
        }
      : undefined;
  });
  const now = state?.window;
  return now?.token === window.token && now.since === window.since && now.status === 'revoking' ? now : undefined;
}

/** For how long a label may be about to move, ms: longer than any function runs. */
const MOVING_MS = 900_000;

async function takeAway(
  deps: RotationDeps,
  secretId: string,
  version: string,
  secret: Awaited<ReturnType<typeof describeSecret>>,
): Promise<void> {
  const current = (await currentOf(deps, secretId, secret)).document.fields;
  const old = await readVersion(deps, secretId, version);
  if (!old) {
    throw new RotationStepError(`Version ${version} of ${secretId} has no value any more, and its credential may be valid.`, {
      next: 'Revoke it at the server by hand.',
    });
  }
  // A rotation took the value of one before over, which became the current one all the same: to end it would leave everybody outside.
  if (isDeepStrictEqual(old.fields, current)) return;
  if (!(await deps.system.admits(current))) {
    throw new CredentialError(`The server refuses the current credential of ${secretId}; the other one is kept.`, {
      next: 'Look at the server: nothing is revoked before the current credential is let in.',
    });
  }
  const by = await admitted(deps, secretId, secret, { current });
  await deps.system.revoke({ old: old.fields, current, by });
  if (await deps.system.admits(old.fields)) {
    throw new CredentialError(`The server still admits version ${version} of ${secretId} after it was revoked.`, {
      next: 'Revoke it at the server by hand.',
    });
  }
}

async function close(
  deps: RotationDeps,
  secretId: string,
  window: RotationWindow,
  status: 'revoked' | 'kept',
): Promise<Revocation> {
  const type = status === 'revoked' ? 'credentialRevoked' : 'credentialKept';
  await changeRotation(deps, secretId, (state) =>
    state?.window?.token !== window.token || state.window.status !== window.status
      ? undefined
      : {
          window: { ...window, status, revokedAt: deps.clock.now() },
          event: { type, data: { secretId, version: window.old } },
        },
  );
  return { outcome: status };
}
