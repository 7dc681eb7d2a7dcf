import { createHash } from 'node:crypto';

/** The token of a rotation, which is the id of the version that it makes: the same for the same `key` (what asks, such as a run's step). */
export const rotationToken = (secretId: string, key: string): string =>
  createHash('sha256')
    .update(JSON.stringify([secretId, key]))
    .digest('hex')
    .slice(0, 40);
