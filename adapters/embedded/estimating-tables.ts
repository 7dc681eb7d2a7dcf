import type { Clock } from '../../shared/ports/clock.ts';
import type { TableShape, Tables } from '../../shared/ports/tables.ts';

/** A table is cut into so many parts by the hash of its partition keys; the first is counted. */
const PARTS = 32;
/** A smaller first part says too little, and then the whole table is small enough to be counted. */
const ENOUGH = 500;
const PAGE = 1000;
/** An estimate serves so long, ms. */
const KEPT_MS = 30_000;

/** Tables of a store that never counts: how many records there are is estimated from a part of each table, read with `counting`. */
export function estimatingTables(inner: Tables, clock: Pick<Clock, 'now'>, counting: Pick<Tables, 'scan'> = inner): Tables {
  const known = new Map<string, { readonly at: number; readonly records: Promise<number> }>();
  const estimate = (table: string): Promise<number> => {
    const held = known.get(table);
    if (held && clock.now() - held.at < KEPT_MS) return held.records;
    const records = estimated(counting, table);
    known.set(table, { at: clock.now(), records });
    records.catch(() => known.delete(table));
    return records;
  };
  return {
    names: () => inner.names(),
    scan: (table, options) => inner.scan(table, options),
    get: (table, keys) => inner.get(table, keys),
    write: (table, change) => inner.write(table, change),
    writeIf: (table, key, record, provenance) => inner.writeIf(table, key, record, provenance),
    shape: async (table): Promise<TableShape | undefined> => {
      const shape = await inner.shape(table);
      if (!shape || shape.approximateRecords > 0) return shape;
      return { ...shape, approximateRecords: await estimate(table) };
    },
  };
}

async function estimated(tables: Pick<Tables, 'scan'>, table: string): Promise<number> {
  const part = await count(tables, table, PARTS);
  return part < ENOUGH ? count(tables, table, 1) : part * PARTS;
}

/** The records of the first of so many parts. */
async function count(tables: Pick<Tables, 'scan'>, table: string, segments: number): Promise<number> {
  let records = 0;
  let cursor: string | undefined;
  do {
    const page = await tables.scan(table, { segment: 0, segments, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    records += page.records.length;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return records;
}
