import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../adapters/memory/store.ts';
import { removeExpiredItems } from '../../../local/remove-expired-items.ts';
import type { DataRecord } from '../../../shared/ports/tables.ts';

const NOW = 10_000_000;

/** Items of one partition, in pages of two. */
async function stored(...expiries: readonly (number | undefined)[]) {
  const store = new MemoryStore();
  for (const [at, expiresAt] of expiries.entries()) {
    const set = expiresAt === undefined ? {} : { expiresAt };
    await store.write({ name: 'test.put', key: { pk: 'p', sk: `${at}` }, set: { ...set, kept: true }, when: [] });
  }
  const items = async () => (await store.list('p')).items;
  const scan = async (_table: string, { cursor = '0' }: { cursor?: string }) => {
    const from = Number(cursor);
    const all = (await store.list('p')).items as unknown as readonly DataRecord[];
    return { records: all.slice(from, from + 2), ...(from + 2 < all.length ? { cursor: `${from + 2}` } : {}) };
  };
  return { store, tables: { scan }, left: async () => (await items()).map(({ sk }) => sk) };
}

describe('removing expired items', () => {
  it('removes those whose time is past, and no others', async () => {
    const seconds = NOW / 1000;
    const { left, ...deps } = await stored(undefined, seconds - 1, seconds, seconds + 1, undefined);
    await removeExpiredItems(deps, 'control', NOW);
    expect(await left()).toEqual(['0', '2', '3', '4']);
  });

  it('leaves what somebody keeps longer meanwhile', async () => {
    const { left, store, tables } = await stored(1);
    const scan: typeof tables.scan = async (...asked) => {
      const page = await tables.scan(...asked);
      await store.write({ name: 'test.put', key: { pk: 'p', sk: '0' }, set: { expiresAt: NOW }, when: [] });
      return page;
    };
    await removeExpiredItems({ tables: { scan }, store }, 'control', NOW);
    expect(await left()).toEqual(['0']);
  });
});
