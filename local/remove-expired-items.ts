import type { Store } from '../shared/ports/store.ts';
import type { Tables } from '../shared/ports/tables.ts';

const PAGE = 500;

/** What DynamoDB does by itself on AWS: items whose `expiresAt` (epoch s) is past at `now` (epoch ms) are removed, unless somebody keeps them longer meanwhile. */
export async function removeExpiredItems(
  { tables, store }: { readonly tables: Pick<Tables, 'scan'>; readonly store: Pick<Store, 'remove'> },
  table: string,
  now: number,
): Promise<void> {
  const seconds = Math.floor(now / 1000);
  let cursor: string | undefined;
  do {
    const page = await tables.scan(table, { segment: 0, segments: 1, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    for (const { pk, sk, expiresAt } of page.records) {
      if (typeof expiresAt !== 'number' || expiresAt >= seconds) continue;
      const when = [{ test: 'lessThan', attribute: 'expiresAt', value: seconds }] as const;
      await store.remove({ name: 'item.expire', key: { pk: String(pk), sk: String(sk) }, when });
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
}
