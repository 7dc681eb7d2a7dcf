import type { Value } from '../ports/store.ts';
import type { DataRecord } from '../ports/tables.ts';

/** The key attributes of a record. */
export function keyOf(record: DataRecord, keys: readonly string[]): DataRecord {
  const key: Record<string, Value> = {};
  for (const name of keys) {
    const value = record[name];
    if (value !== undefined) key[name] = value;
  }
  return key;
}

/** The values of the key attributes as text: equal exactly for equal keys. */
export const keyText = (record: DataRecord, keys: readonly string[]): string => JSON.stringify(keys.map((name) => record[name]));
