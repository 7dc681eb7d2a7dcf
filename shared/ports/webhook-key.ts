/**
 * The one key from which the secrets of all webhooks are derived: 32 random bytes, kept apart from the store. Throws
 * WebhookKeyError where there is none, or none can be read.
 */
export interface WebhookKey {
  read(): Promise<Uint8Array>;
  /** Makes it where there is none. */
  make(): Promise<Uint8Array>;
}
