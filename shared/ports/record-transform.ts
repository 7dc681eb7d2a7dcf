import type { DataRecord } from './tables.ts';

/** What a transform answered for one record, as it is and always as a list; or why it failed. */
export type Transformed = { readonly made: readonly unknown[] } | { readonly error: string };

/**
 * Applies a user's transform: one answer for each record, in their order. It changes nothing anywhere, so it may be repeated.
 * Rejects where the transform could not be asked, never because it failed for a record.
 */
export type RecordTransform = (records: readonly DataRecord[]) => Promise<readonly Transformed[]>;
