import { describe, expect, it } from 'vitest';
import type { ListOptions, Store } from '../../shared/ports/store.ts';
import { freshKey, indexed, listed, put } from './store-cases.ts';

export const lists = (store: () => Store): void => {
  describe('lists', () => {
    it('lists a partition by sort key, whole and by prefix, up and down, page by page', async () => {
      const { pk } = freshKey();
      const sks = [
        'COMPONENT#a',
        'COMPONENT#b',
        'EVENT#RUN#000000001',
        'EVENT#RUN#000000002',
        'EVENT#RUN#000000010',
        'RUN',
        'SEGMENT#a#0001',
      ];
      await Promise.all([...sks].reverse().map((sk) => store().write(put({ pk, sk }, { sk2: sk }))));
      const names = async (options: ListOptions) => (await listed(store(), pk, options)).map((item) => item.sk);
      expect(await names({})).toEqual(sks);
      expect(await names({ descending: true })).toEqual([...sks].reverse());
      expect(await names({ prefix: 'EVENT#' })).toEqual(sks.slice(2, 5));
      expect(await names({ prefix: 'EVENT#', limit: 1 })).toEqual(sks.slice(2, 5));
      expect(await names({ prefix: 'EVENT#', limit: 2, descending: true })).toEqual(sks.slice(2, 5).reverse());
      expect(await names({ limit: 3 })).toEqual(sks);
      expect(await names({ prefix: 'NOTHING' })).toEqual([]);
      expect(await names({ from: 'EVENT#RUN#000000002' })).toEqual(sks.slice(3));
      expect(await names({ from: 'EVENT#RUN#000000003', limit: 1 })).toEqual(sks.slice(4));
      expect(await names({ before: 'EVENT#RUN#000000002', limit: 2 })).toEqual(sks.slice(0, 3));
      expect(await names({ before: 'EVENT#', descending: true })).toEqual(['COMPONENT#b', 'COMPONENT#a']);
      expect((await store().list(pk, { limit: 3 })).items).toHaveLength(3);
    });

    it.each(['x', '{}', '[]', 'null', '{"pk":{"S":"A"}}', '{"pk":{"N":"1"},"sk":{"S":"B"}}'])(
      'refuses the cursor %s, which it never gave',
      async (cursor) => {
        const { pk } = freshKey();
        await store().write(put({ pk, sk: 'A' }, {}));
        await expect(store().list(pk, { cursor })).rejects.toMatchObject({ code: 'CURSOR_UNKNOWN' });
      },
    );

    it('refuses the cursor of another list', async () => {
      const [{ pk }, { pk: other }] = [freshKey(), freshKey()];
      await Promise.all(['A', 'B'].map((sk) => store().write(put({ pk, sk }, { sk2: sk }))));
      const { cursor } = await store().list(pk, { limit: 1 });
      await expect(store().list(other, { cursor: String(cursor) })).rejects.toMatchObject({ code: 'CURSOR_UNKNOWN' });
    });

    it('lists nothing of an unknown partition', async () => {
      expect(await store().list(freshKey().pk)).toEqual({ items: [] });
    });

    it('sorts by the bytes of UTF-8', async () => {
      const { pk } = freshKey();
      const sks = ['A', 'Z', 'a', 'z', 'é', 'ž', '東', '\uFF21', '😀'];
      await Promise.all([...sks].reverse().map((sk) => store().write(put({ pk, sk }, {}))));
      expect((await listed(store(), pk)).map((item) => item.sk)).toEqual(sks);
    });

    it('lists more than one answer can hold', async () => {
      const { pk } = freshKey();
      const sks = Array.from({ length: 12 }, (_, at) => `ITEM#${String(at).padStart(2, '0')}`);
      for (const sk of sks) await store().write(put({ pk, sk }, { body: 'x'.repeat(200_000) }));
      expect((await listed(store(), pk)).map((item) => item.sk)).toEqual(sks);
    });
  });
};

export const indexes = (store: () => Store): void => {
  for (const index of ['listing', 'open'] as const) {
    describe(`index ${index}`, () => {
      it('shows an item while it carries both attributes', async () => {
        const key = freshKey();
        const value = `INDEX#${key.pk}`;
        const seen = () => indexed(store(), index, value);
        await store().write(put(key, { [index]: value }));
        expect(await seen()).toEqual([]);
        await store().write(put(key, { [`${index}Sort`]: '1' }));
        expect(await seen()).toEqual([{ ...key, [index]: value, [`${index}Sort`]: '1' }]);
        await store().write(put(key, { status: 'done' }));
        expect(await seen()).toEqual([{ ...key, [index]: value, [`${index}Sort`]: '1', status: 'done' }]);
        await store().write({ name: 'test.close', key, remove: [index, `${index}Sort`], when: [] });
        expect(await seen()).toEqual([]);
      });

      it('moves an item whose place changes', async () => {
        const key = freshKey();
        const [here, there] = [`INDEX#${key.pk}#1`, `INDEX#${key.pk}#2`];
        await store().write(put(key, { [index]: here, [`${index}Sort`]: '1' }));
        await store().write(put(key, { [index]: there, [`${index}Sort`]: '2' }));
        expect(await indexed(store(), index, here)).toEqual([]);
        expect((await indexed(store(), index, there)).map((item) => item.pk)).toEqual([key.pk]);
      });

      it('lists by the sort attribute, up and down, by prefix, page by page', async () => {
        const base = freshKey();
        const value = `INDEX#${base.pk}`;
        const sorts = ['2024-01', '2024-02', '2025-01', '2025-02', '2025-03'];
        await Promise.all(
          sorts.map((sort, at) =>
            store().write(put({ pk: `${base.pk}#${9 - at}`, sk: 'RUN' }, { [index]: value, [`${index}Sort`]: sort })),
          ),
        );
        const seen = async (options: ListOptions) =>
          (await indexed(store(), index, value, options)).map((item) => item[`${index}Sort`]);
        expect(await seen({})).toEqual(sorts);
        expect(await seen({ descending: true, limit: 2 })).toEqual([...sorts].reverse());
        expect(await seen({ prefix: '2025', limit: 1 })).toEqual(sorts.slice(2));
        expect(await seen({ from: '2025-02', limit: 1 })).toEqual(sorts.slice(3));
        expect(await seen({ from: '2024-03' })).toEqual(sorts.slice(2));
        expect(await seen({ before: '2025-01' })).toEqual(sorts.slice(0, 2));
      });
    });
  }
};
