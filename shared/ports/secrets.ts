/** What is known of a secret without reading it. */
export interface SecretDescription {
  readonly id: string;
  readonly rotationEnabled: boolean;
  /** Scheduled for deletion: nothing of it may be read or changed. */
  readonly deleted: boolean;
  /** The staging labels of each version that has one, or has had one of late. */
  readonly versions: ReadonlyMap<string, readonly string[]>;
}

export interface SecretValue {
  readonly version: string;
  readonly text: string;
}

export const CURRENT = 'AWSCURRENT';
export const PENDING = 'AWSPENDING';
export const PREVIOUS = 'AWSPREVIOUS';

/**
 * Versioned secrets with staging labels, as Secrets Manager has them: a label is on one version at most, and moving AWSCURRENT puts
 * AWSPREVIOUS on the version that it leaves. Throws SecretsUnavailableError where nothing is known of the outcome or the service is
 * busy, SecretAccessError where it may not be read, SecretBinaryError where it holds no text.
 */
export interface Secrets {
  describe(id: string): Promise<SecretDescription | undefined>;
  /** Undefined where no such version, or no version with that label, has a value. May lag behind a write. */
  read(id: string, of: { readonly version: string } | { readonly stage: string }): Promise<SecretValue | undefined>;
  /** A version is written once: the same text again is well, another throws SecretVersionTakenError. The label comes from whatever had it. */
  put(id: string, version: string, text: string, stage: string): Promise<void>;
  /** Takes the label from one version and gives it to another; throws SecretStageMovedError where `from` does not have it. */
  moveStage(id: string, stage: string, between: { readonly from?: string; readonly to?: string }): Promise<void>;
}
