import type { Revocation, Window } from '../secrets/rotation/revoke-old.ts';
import type { Rotation } from '../secrets/rotation/rotation-context.ts';

/**
 * Whoever reaches the server of a rotated secret: a function of that secret's own on AWS, this process where the control plane is
 * embedded. Throws ServerUnavailableError and SecretsUnavailableError in passing; whatever else of secret-errors.ts it throws, a person mends.
 */
export interface OldCredentials {
  /** Takes the credential of before away once its time is over, and tells until when there is to be waited. */
  revoke(window: Window): Promise<Revocation>;
  /** Makes it the current one again while it is valid. */
  restore(rotation: Rotation): Promise<void>;
}
