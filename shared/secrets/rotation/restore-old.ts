import { RotationStepError } from '../../errors/secret-errors.ts';
import { CURRENT } from '../../ports/secrets.ts';
import { loadRotation } from './change-rotation.ts';
import { describeSecret, type Rotation, type RotationDeps, readVersion, versionWith } from './rotation-context.ts';
import { goneError, isGone, moveCurrent } from './rotation-window.ts';

/**
 * Takes a rotation back: the version before is the current one again, and the new one is revoked after the overlap. Throws
 * CredentialError where the old credential is valid no more: then there is nothing to go back to.
 */
export async function restoreOld(deps: RotationDeps, { secretId, token }: Rotation): Promise<void> {
  const secret = await describeSecret(deps, secretId);
  const window = (await loadRotation(deps, secretId))?.window;
  // An earlier attempt has begun it.
  if (window?.old === token) return moveCurrent(deps, secretId, { from: token, to: window.token });
  if (versionWith(secret, CURRENT) !== token || window?.token !== token) {
    throw new RotationStepError(`Version ${token} of ${secretId} is not the current one.`, {
      next: 'Look at what has rotated it since.',
    });
  }
  const old = isGone(window) ? undefined : await readVersion(deps, secretId, window.old);
  if (!old || !(await deps.system.admits(old.fields))) throw goneError(secretId);
  await moveCurrent(deps, secretId, { from: token, to: window.old });
}
