import type { Value } from '../../../shared/ports/store.ts';
import type { ItemBatcher } from '../definition.ts';
import { payloadLimit, payloadSize } from '../payload.ts';
import type { Visit } from '../visit.ts';

/** Groups items into inputs `{ BatchInput?, Items }`, bounded by their number and by their size in bytes. */
export async function batchItems(batcher: ItemBatcher, items: readonly Value[], visit: Visit): Promise<readonly Value[]> {
  const maxItems = await visit.evaluateNumber(batcher.MaxItemsPerBatch, 'ItemBatcher/MaxItemsPerBatch');
  const maxBytes = await visit.evaluateNumber(batcher.MaxInputBytesPerBatch, 'ItemBatcher/MaxInputBytesPerBatch');
  const shared =
    batcher.BatchInput === undefined ? {} : { BatchInput: await visit.evaluate(batcher.BatchInput, 'ItemBatcher/BatchInput') };
  return group(
    items,
    maxItems ?? Number.POSITIVE_INFINITY,
    (maxBytes ?? payloadLimit) - payloadSize({ ...shared, Items: [] }),
  ).map((Items) => ({ ...shared, Items }));
}

/** An item that is too large on its own still makes a batch of one. */
function group(items: readonly Value[], maxItems: number, maxBytes: number): Value[][] {
  const groups: Value[][] = [];
  let current: Value[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = payloadSize(item) + 1;
    if (current.length > 0 && (current.length >= maxItems || bytes + size > maxBytes)) {
      groups.push(current);
      current = [];
      bytes = 0;
    }
    current.push(item);
    bytes += size;
  }
  return current.length === 0 ? groups : [...groups, current];
}
