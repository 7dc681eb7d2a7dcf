import { RotationStepError } from '../shared/errors/secret-errors.ts';
import type { OldCredentials } from '../shared/ports/old-credentials.ts';

const refused = async (): Promise<never> => {
  throw new RotationStepError('The embedded control plane rotates no secrets.', { next: 'Declare a RotatedSecret on AWS.' });
};

/** No system is rotated in this process. */
export const noSystems: OldCredentials = { revoke: refused, restore: refused };
