import type { Secrets } from '../shared/ports/secrets.ts';
import { secretName } from '../shared/secrets/secret-name.ts';

/** Whether a secret is one that a RotatedSecret of this environment has made. */
export const isOfEnvironment = (prefix: string | undefined, secretId: string): boolean =>
  prefix !== undefined && secretName(secretId).startsWith(prefix);

/** Of other secrets of the account a function may know nothing, so that for it there are none. */
export const secretsOfEnvironment = (secrets: Secrets, prefix: string | undefined): Secrets => ({
  describe: async (id) => (isOfEnvironment(prefix, id) ? secrets.describe(id) : undefined),
  read: async (id, of) => (isOfEnvironment(prefix, id) ? secrets.read(id, of) : undefined),
  put: (id, version, text, stage) => secrets.put(id, version, text, stage),
  moveStage: (id, stage, between) => secrets.moveStage(id, stage, between),
});
