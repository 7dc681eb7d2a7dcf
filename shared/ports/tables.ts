import type { Value } from './store.ts';

/** A record of a user's table, in plain JavaScript values (numbers beyond 2^53 arrive as strings tagged by the adapter). */
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

/** A condition on one record of a live table: it is absent, or its content hash attribute is still what the writer saw. */
export type Provenance = { readonly absent: true } | { readonly unchanged: DataRecord };

/** The data that a migration moves. Requests leave only if they can end before `deadline` (epoch ms). */
export interface Tables {
  shape(table: string): Promise<TableShape | undefined>;
  scan(
    table: string,
    options: { segment: number; segments: number; limit: number; cursor?: string; consistent?: boolean },
  ): Promise<ScanPage>;
  /** Records by key, consistent; missing ones are left out. */
  get(table: string, keys: readonly DataRecord[]): Promise<readonly DataRecord[]>;
  /** Puts and deletes in any number; the adapter splits and runs them side by side, and retries what was left until `deadline`. */
  write(
    table: string,
    change: { put?: readonly DataRecord[]; remove?: readonly DataRecord[]; deadline: number },
  ): Promise<BulkResult>;
  /** Puts one record, or removes it (`record` undefined), if the table still holds what `provenance` says. False: it does not. */
  writeIf(table: string, key: DataRecord, record: DataRecord | undefined, provenance: Provenance): Promise<boolean>;
}
