import { SlipwayError } from '../../../shared/errors/slipway-error.ts';

/** Wrong passphrase, or a file whose key was tampered with: the two cannot be told apart. */
export class VaultPassphraseError extends SlipwayError {
  override readonly name = 'VaultPassphraseError';
  override readonly code = 'VAULT_PASSPHRASE';
}

/** The file, or an entry of it, is not what the vault has written. */
export class VaultDamagedError extends SlipwayError {
  override readonly name = 'VaultDamagedError';
  override readonly code = 'VAULT_DAMAGED';
}

/** It was locked before its turn to write came. */
export class VaultLockedError extends SlipwayError {
  override readonly name = 'VaultLockedError';
  override readonly code = 'VAULT_LOCKED';
}
