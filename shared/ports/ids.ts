/** Fresh identifiers and the randomness behind jitter. */
export interface Ids {
  /** Unique, sortable by time of making, `[0-9a-z]` only, 26 characters. */
  next(): string;
  /** In [0, 1). */
  random(): number;
}
