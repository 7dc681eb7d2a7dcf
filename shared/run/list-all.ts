import type { Item, Store } from '../ports/store.ts';

/** Every item of a partition whose sort key begins so. */
export async function listAll(store: Store, pk: string, prefix: string): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list(pk, { prefix, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return items;
}
