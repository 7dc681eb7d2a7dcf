import * as crypto from 'node:crypto';
import { promisify } from 'node:util';
import * as z from 'zod';

/** How a key was made of a passphrase. Kept beside what it opens, so that stronger parameters can come later. */
export const keyDerivation = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('argon2id'),
    salt: z.base64(),
    /** KiB. */
    memory: z.int().min(8).max(4_194_304),
    passes: z.int().min(1).max(100),
    parallelism: z.int().min(1).max(64),
  }),
  z.strictObject({ name: z.literal('pbkdf2-sha256'), salt: z.base64(), iterations: z.int().min(600_000).max(100_000_000) }),
]);
export type KeyDerivation = z.output<typeof keyDerivation>;

/** The second recommendation of RFC 9106, section 4: 64 MiB, three passes; where Node has no Argon2, OWASP's for PBKDF2. */
export const newDerivation = (): KeyDerivation => {
  const salt = crypto.randomBytes(16).toString('base64');
  return typeof crypto.argon2 === 'function'
    ? { name: 'argon2id', salt, memory: 65_536, passes: 3, parallelism: 4 }
    : { name: 'pbkdf2-sha256', salt, iterations: 600_000 };
};

/** 32 bytes. Takes a good part of a second on purpose. The caller clears passphrase and key. */
export async function deriveKey(passphrase: Uint8Array, how: KeyDerivation): Promise<Buffer> {
  const salt = Buffer.from(how.salt, 'base64');
  if (how.name === 'pbkdf2-sha256') return promisify(crypto.pbkdf2)(passphrase, salt, how.iterations, 32, 'sha256');
  const { memory, passes, parallelism } = how;
  return promisify(crypto.argon2)('argon2id', { message: passphrase, nonce: salt, memory, passes, parallelism, tagLength: 32 });
}
