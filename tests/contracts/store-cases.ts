import type { Clause, IndexName, Item, Key, ListOptions, Page, Store, Value, Write } from '../../shared/ports/store.ts';

let made = 0;
export const freshKey = (sk = 'ITEM'): Key => ({ pk: `CASE#${made++}`, sk });

export const put = (key: Key, set: Record<string, Value>, when: readonly Clause[] = []): Write => ({
  name: 'test.put',
  key,
  set,
  when,
});

const drained = async (next: (cursor: string | undefined) => Promise<Page>): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await next(cursor);
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return items;
};

export const listed = (store: Store, pk: string, options: ListOptions = {}): Promise<readonly Item[]> =>
  drained((cursor) => store.list(pk, { ...options, ...(cursor === undefined ? {} : { cursor }) }));

export const indexed = (store: Store, index: IndexName, value: string, options: ListOptions = {}): Promise<readonly Item[]> =>
  drained((cursor) => store.listIndex(index, value, { ...options, ...(cursor === undefined ? {} : { cursor }) }));
