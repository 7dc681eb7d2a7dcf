import type { Item, Store } from '../ports/store.ts';

/** Every item that is open as `what`. The index may be behind: each is read again, and one that is open no more is left out. */
export async function* everyOpen(
  store: Store,
  what: 'flag' | 'run' | 'lock' | 'alarms' | 'schedule' | 'rotation' | 'expired',
): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const page = await store.listIndex('open', what, cursor === undefined ? {} : { cursor });
    for (const { pk, sk } of page.items) {
      const item = await store.read({ pk, sk });
      if (item?.['open'] === what) yield item;
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
}
