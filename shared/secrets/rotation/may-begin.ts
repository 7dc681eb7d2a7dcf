import { RotationBusyError, RotationStepError } from '../../errors/secret-errors.ts';
import { CURRENT, PENDING, type Secrets } from '../../ports/secrets.ts';
import { describeSecret, type Rotation, versionWith } from './rotation-context.ts';

/** Whether a rotation is to be begun; false: it was, with this token. Throws as Rotations.begin does. */
export async function mayBegin(
  deps: { readonly secrets: Pick<Secrets, 'describe'> },
  { secretId, token }: Rotation,
): Promise<boolean> {
  const secret = await describeSecret(deps, secretId);
  const stages = secret.versions.get(token) ?? [];
  if (stages.includes(CURRENT) || stages.includes(PENDING)) return false;
  if (!secret.rotationEnabled) {
    throw new RotationStepError(`The rotation of ${secretId} is not enabled.`, { next: `slipway secrets enable ${secretId}` });
  }
  const pending = versionWith(secret, PENDING);
  // On the current version the label is what a rotation left that was done.
  if (pending !== undefined && pending !== versionWith(secret, CURRENT)) {
    throw new RotationBusyError(`Another rotation of ${secretId} is under way (version ${pending}).`, {
      next: `See how it stands: slipway secrets show ${secretId}`,
    });
  }
  return true;
}
