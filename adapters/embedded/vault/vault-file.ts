import { createHash } from 'node:crypto';
import * as z from 'zod';
import { keyDerivation } from './derive-key.ts';
import { type SealedBox, sealedBox } from './sealed-box.ts';
import { VaultDamagedError } from './vault-errors.ts';

/** Which entries there are, sealed: one that is missing, old or from elsewhere is told from one that was written. */
export const manifest = z.strictObject({
  /** Counts the writes of the file. */
  sequence: z.int(),
  entries: z.record(z.string(), z.strictObject({ secret: z.string(), version: z.string().optional(), hash: z.string() })),
});
export type Manifest = z.output<typeof manifest>;

/** What is on disk. Names of secrets, their labels and their values are all within boxes. */
export const vaultFile = z.strictObject({
  format: z.literal(1),
  /** Of the vault: a box of another vault does not open in this one. */
  id: z.string(),
  derivation: keyDerivation,
  /** The key of all other boxes, sealed by the one that the passphrase makes. */
  key: sealedBox,
  manifest: sealedBox,
  entries: z.record(z.string(), sealedBox),
});
export type VaultFile = z.output<typeof vaultFile>;

/** Throws VaultDamagedError. */
export function parseVaultFile(text: string): VaultFile {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw new VaultDamagedError('The vault is no JSON: it was cut off or overwritten.', { next: RESTORE });
  }
  if (typeof found === 'object' && found !== null && 'format' in found && found.format !== 1) {
    throw new VaultDamagedError(`The vault has format ${String(found.format)}; this release reads 1.`, {
      next: 'Use the release that wrote it.',
    });
  }
  const parsed = vaultFile.safeParse(found);
  if (parsed.success) return parsed.data;
  const [problem] = parsed.error.issues;
  throw new VaultDamagedError(`The vault is not whole: ${problem?.path.join('.') ?? ''} ${problem?.message ?? ''}`, {
    next: RESTORE,
  });
}

export const RESTORE = 'Restore the file from a backup.';

/** What each box is about; see `seal`. */
export const about = {
  key: ({ id, derivation }: Pick<VaultFile, 'id' | 'derivation'>) => `slipway-vault/1/${id}/key/${JSON.stringify(derivation)}`,
  manifest: (id: string) => `slipway-vault/1/${id}/manifest`,
  entry: (id: string, entry: string) => `slipway-vault/1/${id}/entry/${entry}`,
};

export const hashOf = ({ nonce, tag, data }: SealedBox): string =>
  createHash('sha256').update(`${nonce}.${tag}.${data}`).digest('base64url');
