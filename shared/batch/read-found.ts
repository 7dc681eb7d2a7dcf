import { StoreRejectedError } from '../errors/store-errors.ts';
import type { DataRecord } from '../ports/tables.ts';
import type { BatchDeps } from './batch-job.ts';
import { keyText } from './record-key.ts';

/** So many refusals without one answer are no matter of single keys. */
const ALL_REFUSED = 25;

/**
 * What a table holds under some keys, by the text of the key. A key that the store refuses (an empty string, another type) holds
 * nothing; such keys are found by halving.
 */
export async function readFound(
  deps: Pick<BatchDeps, 'tables'>,
  { table, keys: names }: { readonly table: string; readonly keys: readonly string[] },
  keys: readonly DataRecord[],
): Promise<Map<string, DataRecord>> {
  const found = new Map<string, DataRecord>();
  const halves = keys.length === 0 ? [] : [keys];
  let answered = false;
  let refused = 0;
  for (let part = halves.pop(); part !== undefined; part = halves.pop()) {
    try {
      for (const record of await deps.tables.get(table, part)) found.set(keyText(record, names), record);
      answered = true;
    } catch (error) {
      if (!(error instanceof StoreRejectedError)) throw error;
      if (part.length > 1) halves.push(part.slice(part.length / 2), part.slice(0, part.length / 2));
      else refused += 1;
      if (!answered && refused >= ALL_REFUSED) throw error;
    }
  }
  return found;
}
