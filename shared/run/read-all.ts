import type { Item, Key, Store } from '../ports/store.ts';

/** What the store reads at once. */
const PART = 100;

/** Any number of items, in the order of their keys. */
export async function readAll(store: Store, keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
  const items: (Item | undefined)[] = [];
  for (let from = 0; from < keys.length; from += PART) items.push(...(await store.readMany(keys.slice(from, from + PART))));
  return items;
}
