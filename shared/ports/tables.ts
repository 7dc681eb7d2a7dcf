import type { Value } from './store.ts';

/**
 * A record of a user's table in plain JSON values. What JSON cannot hold is tagged, as `canonicalRecord` describes:
 * `{ $number }`, `{ $binary }`, `{ $set }`. Records are read in canonical form, so equal records are deeply equal.
 */
export type DataRecord = { readonly [attribute: string]: Value };

export interface TableShape {
  /** Key attributes, partition key first. */
  readonly keys: readonly string[];
  /** The table's own count, which may be hours old; for estimates only. */
  readonly approximateRecords: number;
}

export interface ScanPage {
  readonly records: readonly DataRecord[];
  /** Opaque; absent on the last page. */
  readonly cursor?: string;
}

/** `unprocessed` were refused for load and may be sent again. */
export interface BulkResult {
  readonly unprocessed: number;
  readonly throttled: boolean;
}

/**
 * A condition on one record of a live table: it is absent, or still what the writer saw, attribute by attribute. An attribute
 * that the application adds in the very moment of the write survives a put; a removal takes it along.
 */
export type Provenance = { readonly absent: true } | { readonly unchanged: DataRecord };

/** The data that a migration moves. Requests leave only if they can end before `deadline` (epoch ms). */
export interface Tables {
  /** Some of the tables that there are, for suggestions where a name is wrong. */
  names(): Promise<readonly string[]>;
  shape(table: string): Promise<TableShape | undefined>;
  scan(
    table: string,
    options: { segment: number; segments: number; limit: number; cursor?: string; consistent?: boolean },
  ): Promise<ScanPage>;
  /** Records by key, consistent; missing ones are left out. */
  get(table: string, keys: readonly DataRecord[]): Promise<readonly DataRecord[]>;
  /**
   * Puts and deletes (by key) in any number, each key at most once; the adapter splits and runs them side by side, and retries
   * what was left until `deadline`. Throws StoreUnansweredError or StoreRejectedError once nothing is under way any more.
   */
  write(
    table: string,
    change: { put?: readonly DataRecord[]; remove?: readonly DataRecord[]; deadline: number },
  ): Promise<BulkResult>;
  /** Puts one record, or removes it (`record` undefined), if the table still holds what `provenance` says. False: it does not. */
  writeIf(table: string, key: DataRecord, record: DataRecord | undefined, provenance: Provenance): Promise<boolean>;
}
