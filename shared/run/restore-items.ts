import { StoreRejectedError } from '../errors/store-errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { DataRecord, Tables } from '../ports/tables.ts';
import { raiseNumbers } from './raise-numbers.ts';

export interface Restore {
  /** The table that was made from the backup; it is only read, so that a restore which broke off can be begun again. */
  readonly from: string;
  /** The control table that goes on. */
  readonly to: string;
  /** More than any fence or epoch can have grown since the backup. */
  readonly by: number;
  /** Removes what `to` holds and the backup does not. Without it such items are a reason to refuse. */
  readonly replace: boolean;
}

export interface Restored {
  readonly copied: number;
  readonly removed: number;
}

const PAGE = 500;
/** One bulk write, with its own retries, ms. */
const WRITE_MS = 60_000;

/** Copies a control table from its backup with every fence and epoch raised. Nothing may write to either meanwhile. */
export async function restoreItems(
  deps: { readonly tables: Tables; readonly clock: Clock },
  { from, to, by, replace }: Restore,
  progress: (copied: number) => void,
): Promise<Restored> {
  if (from === to) throw refused(`${from} cannot be restored from itself`, 'Name the table that was made from the backup.');
  const kept = new Set<string>();
  for await (const records of pages(deps.tables, from)) for (const record of records) kept.add(keyOf(record));
  const surplus: DataRecord[] = [];
  for await (const records of pages(deps.tables, to))
    for (const record of records) if (!kept.has(keyOf(record))) surplus.push(record);
  if (surplus.length > 0 && !replace) {
    const next = 'Look at them, then repeat with --replace, which removes them.';
    throw refused(`${to} holds ${surplus.length} items that the backup does not, such as ${keyOf(surplus[0] ?? {})}`, next);
  }
  const write = async (change: { put?: readonly DataRecord[]; remove?: readonly DataRecord[] }) => {
    const { unprocessed } = await deps.tables.write(to, { ...change, deadline: deps.clock.now() + WRITE_MS });
    if (unprocessed > 0)
      throw refused(`${to} did not take ${unprocessed} items in time`, 'Begin again: what was copied is copied alike.');
  };
  let copied = 0;
  for await (const records of pages(deps.tables, from)) {
    await write({ put: records.map((record) => raiseNumbers(record, by)) });
    copied += records.length;
    progress(copied);
  }
  for (let first = 0; first < surplus.length; first += PAGE)
    await write({ remove: surplus.slice(first, first + PAGE).map(({ pk = '', sk = '' }) => ({ pk, sk })) });
  return { copied, removed: surplus.length };
}

async function* pages(tables: Tables, table: string): AsyncGenerator<readonly DataRecord[]> {
  let cursor: string | undefined;
  do {
    const where = { segment: 0, segments: 1, limit: PAGE, consistent: true, ...(cursor === undefined ? {} : { cursor }) };
    const page = await tables.scan(table, where);
    yield page.records;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

const keyOf = ({ pk, sk }: DataRecord): string => `${pk} / ${sk}`;

const refused = (fact: string, next: string): StoreRejectedError => new StoreRejectedError(`${fact}.`, { next });
