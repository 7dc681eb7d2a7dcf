import type { SecretFields } from '../secret-document.ts';

/** One credential, and who may change it at its server. */
export interface Installation {
  readonly current: SecretFields;
  readonly pending: SecretFields;
  /** A credential that the server admits: the master's where the secret names one. */
  readonly by: SecretFields;
}

/**
 * A server whose credentials are rotated. Every call may be repeated, and may come after a crash anywhere in an earlier one.
 * Throws ServerUnavailableError where the server could not be asked: that never says that a credential is bad.
 */
export interface RotatedSystem {
  readonly name: string;
  /** Whether the old credential stays valid beside the new one until it is revoked. */
  readonly overlaps: boolean;
  /** What is wrong with a version for this system, as a sentence without any value of it. */
  problemOf(fields: SecretFields): string | undefined;
  /** What no version may change: server, database, and the user as far as it does not alternate. */
  identityOf(fields: SecretFields): string;
  /**
   * The fields of the version that follows. `make` makes a password; a system of key pairs makes its own. Where the server itself makes the
   * value, `request` is the same for every attempt to replace this one credential: it must answer the same value each time.
   */
  next(current: SecretFields, make: () => string, request: string): SecretFields | Promise<SecretFields>;
  /** Whether the server lets it in; false only where it refuses the credential itself. */
  admits(fields: SecretFields): Promise<boolean>;
  /** Makes `pending` valid. `current` stays valid where the system overlaps. Throws ValueRefusedError where it never will be. */
  install(change: Installation): Promise<void>;
  /** Makes `old` invalid and leaves `current` alone. */
  revoke(change: { readonly old: SecretFields; readonly current: SecretFields; readonly by: SecretFields }): Promise<void>;
}
