import type { Secrets } from '../shared/ports/secrets.ts';
import { secretName } from '../shared/secrets/secret-name.ts';

/** The secrets that an environment rotates, by what they are called. */
export interface RotatedNames {
  /** Of those that a RotatedSecret has made, and of every function that rotates one; undefined: the caller knows of none. */
  readonly prefix: string | undefined;
  /** The functions that rotate secrets which were there before, by the names of the secrets. */
  readonly adopted: ReadonlyMap<string, string>;
}

/** The function that rotates a secret, which is called like a secret that a RotatedSecret has made; undefined: none of this environment does. */
export function rotatorOf({ prefix, adopted }: RotatedNames, secretId: string): string | undefined {
  const name = secretName(secretId);
  return adopted.get(name) ?? (prefix !== undefined && name.startsWith(prefix) ? name : undefined);
}

/** Of other secrets of the account a function may know nothing, so that for it there are none. */
export function secretsOfEnvironment(secrets: Secrets, names: RotatedNames): Secrets {
  const ours = (id: string) => rotatorOf(names, id) !== undefined;
  return {
    describe: async (id) => (ours(id) ? secrets.describe(id) : undefined),
    read: async (id, of) => (ours(id) ? secrets.read(id, of) : undefined),
    put: (id, version, text, stage) => secrets.put(id, version, text, stage),
    moveStage: (id, stage, between) => secrets.moveStage(id, stage, between),
  };
}
