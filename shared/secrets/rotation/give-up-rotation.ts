import { PENDING, type Secrets } from '../../ports/secrets.ts';
import type { JournalDeps } from '../../run/journal.ts';
import { changeRotation } from './change-rotation.ts';
import { describeSecret, type Rotation } from './rotation-context.ts';
import { GIVEN_UP } from './rotation-state.ts';

/**
 * Sees to it that a rotation never becomes the current one. False: it is finishing, or finished. What it has left at its server is
 * taken over by the next one.
 */
export async function giveUpRotation(
  deps: JournalDeps & { readonly secrets: Secrets },
  { secretId, token }: Rotation,
): Promise<boolean> {
  const at = deps.clock.now();
  const state = await changeRotation(deps, secretId, (found) => {
    if (found?.window?.token === token || (found?.progress?.token === token && found.progress.failure?.code === GIVEN_UP)) {
      return undefined;
    }
    const message = 'The run that asked for it was taken back.';
    const step = found?.progress?.token === token ? found.progress.done : undefined;
    const failure = { step: step ?? 'createSecret', code: GIVEN_UP, message, retryable: false, at };
    return {
      ...(found?.asked?.token === token ? { asked: null } : {}),
      progress: { token, failure },
      event: { type: 'rotationFailed', data: { secretId, version: token, code: GIVEN_UP } },
    };
  });
  if (state?.window?.token === token) return false;
  const secret = await describeSecret(deps, secretId);
  if (secret.versions.get(token)?.includes(PENDING)) await deps.secrets.moveStage(secretId, PENDING, { from: token });
  return true;
}
