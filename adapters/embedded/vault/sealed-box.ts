import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { VaultDamagedError } from './vault-errors.ts';

const base64 = z.base64();

/** AES-256-GCM: a nonce of 96 random bits for each box, a tag of 128, all in base64. */
export const sealedBox = z.strictObject({ nonce: base64, tag: base64, data: base64 });
export type SealedBox = z.output<typeof sealedBox>;

const NONCE = 12;
const TAG = 16;

/** `about` is authenticated and not stored: a box that is moved to another place does not open there. */
export function seal(key: Uint8Array, about: string, plain: Uint8Array): SealedBox {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG });
  cipher.setAAD(Buffer.from(about));
  const data = Buffer.concat([cipher.update(plain), cipher.final()]);
  return { nonce: nonce.toString('base64'), tag: cipher.getAuthTag().toString('base64'), data: data.toString('base64') };
}

/** Throws VaultDamagedError where one bit of the box, of what it is about, or of the key differs. The caller clears the buffer. */
export function unseal(key: Uint8Array, about: string, box: SealedBox): Buffer {
  const [nonce, tag] = [Buffer.from(box.nonce, 'base64'), Buffer.from(box.tag, 'base64')];
  // A shorter tag would be accepted, and guessed sooner.
  if (nonce.length !== NONCE || tag.length !== TAG) throw damaged();
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG });
  decipher.setAAD(Buffer.from(about));
  decipher.setAuthTag(tag);
  const begun = decipher.update(Buffer.from(box.data, 'base64'));
  try {
    return Buffer.concat([begun, decipher.final()]);
  } catch {
    throw damaged();
  } finally {
    begun.fill(0);
  }
}

const damaged = (): VaultDamagedError => new VaultDamagedError('It does not open: it was changed, moved or cut off.');
