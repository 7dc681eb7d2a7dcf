import { describe, expect, it } from 'vitest';
import type { Clause, Key, Store } from '../../shared/ports/store.ts';
import { freshKey, put } from './store-cases.ts';

const removal = (key: Key, when: readonly Clause[] = []) => ({ name: 'test.remove', key, when });

/** How every store removes an item. */
export const removals = (store: () => Store): void => {
  describe('removals', () => {
    it('removes an item from its partition and from the indexes', async () => {
      const key = freshKey();
      const listing = `list-${key.pk}`;
      await store().write(put(key, { rev: 3, listing, listingSort: 'a' }));
      expect(await store().remove(removal(key, [{ test: 'equals', attribute: 'rev', value: 3 }]))).toEqual({ removed: true });
      expect(await store().read(key)).toBeUndefined();
      expect(await store().list(key.pk)).toEqual({ items: [] });
      expect(await store().listIndex('listing', listing)).toEqual({ items: [] });
    });

    it.each<[string, Clause]>([
      ['another revision', { test: 'equals', attribute: 'rev', value: 2 }],
      ['an attribute that is there', { test: 'absent', attribute: 'holder' }],
      ['a number that is no less', { test: 'lessThan', attribute: 'rev', value: 3 }],
    ])('leaves an item whose condition does not hold, and shows it: %s', async (_, clause) => {
      const key = freshKey();
      await store().write(put(key, { rev: 3, holder: 'run-1' }));
      const current = { ...key, rev: 3, holder: 'run-1' };
      expect(await store().remove(removal(key, [clause]))).toEqual({ removed: false, current });
      expect(await store().read(key)).toEqual(current);
    });

    it('removes what is not there where nothing is asked of it, and refuses where something is', async () => {
      const key = freshKey();
      expect(await store().remove(removal(key))).toEqual({ removed: true });
      const asked = removal(key, [{ test: 'equals', attribute: 'rev', value: 1 }]);
      expect(await store().remove(asked)).toEqual({ removed: false, current: undefined });
    });

    it('lets one of a writer and a remover of the same revision win', async () => {
      for (let round = 0; round < 10; round += 1) {
        const key = freshKey();
        await store().write(put(key, { rev: 1 }));
        const rev: Clause = { test: 'equals', attribute: 'rev', value: 1 };
        const [written, gone] = await Promise.all([
          store().write({ name: 'test.write', key, add: { rev: 1 }, when: [rev] }),
          store().remove(removal(key, [rev])),
        ]);
        expect(written.applied).toBe(!gone.removed);
        expect((await store().read(key))?.['rev']).toBe(gone.removed ? undefined : 2);
      }
    });

    it('leaves the other items of the partition', async () => {
      const key = freshKey();
      const other = { ...key, sk: `${key.sk}-other` };
      await store().write(put(key, { rev: 1 }));
      await store().write(put(other, { rev: 1 }));
      await store().remove(removal(key));
      expect((await store().list(key.pk)).items).toEqual([{ ...other, rev: 1 }]);
    });
  });
};
