/** Large write-once objects (plans, pre-images, quarantined records): S3, or files. Keys are slash-separated `[A-Za-z0-9._-]` parts; no key is the folder of another. */
export interface Artefacts {
  /** False where the key is taken: the first writer wins and nothing is overwritten. */
  putOnce(key: string, body: Uint8Array): Promise<boolean>;
  get(key: string): Promise<Uint8Array | undefined>;
  /** Keys that begin so, ascending. */
  list(prefix: string): AsyncIterable<string>;
  remove(key: string): Promise<void>;
}
