import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { StoreRejectedError } from '../../shared/errors/store-errors.ts';
import { canonicalRecord } from '../../shared/ports/canonical-record.ts';
import type { BulkResult, DataRecord, Provenance, ScanPage, TableShape, Tables } from '../../shared/ports/tables.ts';

interface Table {
  readonly keys: readonly string[];
  /** By address; the address decides segment and order, as a hash does in DynamoDB. */
  readonly records: Map<string, DataRecord>;
}

/** Users' tables in memory, for unit tests and the simulation. Each call does its work before it returns. */
export class MemoryTables implements Tables {
  readonly #tables = new Map<string, Table>();

  /** `keys`: partition key first. */
  create(table: string, keys: readonly string[], records: readonly DataRecord[] = []): void {
    this.#tables.set(table, { keys, records: new Map() });
    for (const record of records) this.#put(this.#table(table), record);
  }

  async names(): Promise<readonly string[]> {
    return [...this.#tables.keys()];
  }

  async shape(table: string): Promise<TableShape | undefined> {
    const known = this.#tables.get(table);
    return known && { keys: known.keys, approximateRecords: known.records.size };
  }

  async scan(table: string, options: { segment: number; segments: number; limit: number; cursor?: string }): Promise<ScanPage> {
    const { segment, segments, limit, cursor = '' } = options;
    const addresses = [...this.#table(table).records.keys()]
      .filter((address) => Number.parseInt(address.slice(0, 8), 16) % segments === segment && address > cursor)
      .sort();
    const taken = addresses.slice(0, limit);
    const last = taken.at(-1);
    return {
      records: found(this.#table(table), taken),
      ...(last !== undefined && taken.length < addresses.length ? { cursor: last } : {}),
    };
  }

  async get(table: string, keys: readonly DataRecord[]): Promise<readonly DataRecord[]> {
    const from = this.#table(table);
    return found(from, new Set(keys.map((key) => address(from.keys, key))));
  }

  async write(
    table: string,
    change: { put?: readonly DataRecord[]; remove?: readonly DataRecord[]; deadline: number },
  ): Promise<BulkResult> {
    const into = this.#table(table);
    for (const record of change.put ?? []) this.#put(into, record);
    for (const key of change.remove ?? []) into.records.delete(address(into.keys, key));
    return { unprocessed: 0, throttled: false };
  }

  async writeIf(table: string, key: DataRecord, record: DataRecord | undefined, provenance: Provenance): Promise<boolean> {
    const into = this.#table(table);
    const expected = 'absent' in provenance ? undefined : canonicalRecord(provenance.unchanged);
    if (!isDeepStrictEqual(into.records.get(address(into.keys, key)), expected)) return false;
    if (record === undefined) into.records.delete(address(into.keys, key));
    else this.#put(into, record);
    return true;
  }

  #put(table: Table, record: DataRecord): void {
    table.records.set(address(table.keys, record), canonicalRecord(structuredClone(record)));
  }

  #table(name: string): Table {
    const known = this.#tables.get(name);
    if (known === undefined)
      throw new StoreRejectedError(`There is no table ${name}.`, { next: 'Create the table, or correct its name.' });
    return known;
  }
}

const found = (table: Table, addresses: Iterable<string>): readonly DataRecord[] =>
  [...addresses].map((at) => table.records.get(at)).filter((record) => record !== undefined);

const address = (keys: readonly string[], record: DataRecord): string => {
  const values = keys.map((key) => {
    const value = canonicalRecord(record)[key];
    if (value !== undefined && value !== '') return value;
    throw new StoreRejectedError(`A record has no key attribute '${key}'.`, { next: 'Give every record its keys.' });
  });
  const text = JSON.stringify(values);
  return createHash('sha256').update(text).digest('hex').slice(0, 16) + text;
};
