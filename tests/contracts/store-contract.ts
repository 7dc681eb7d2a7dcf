import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreRejectedError } from '../../shared/errors/store-errors.ts';
import { applyWrite } from '../../shared/ports/apply-write.ts';
import type { Clause, IndexName, Item, Key, ListOptions, Page, Store, Value, Write } from '../../shared/ports/store.ts';

export interface StoreUnderTest {
  readonly store: Store;
  close(): Promise<void>;
}

/** What every store promises, run on each of them. Cases keep apart by partition keys of their own. */
export const storeContract = (name: string, open: () => Promise<StoreUnderTest>): void => {
  describe(`store contract: ${name}`, () => {
    let opened: StoreUnderTest;
    const store = (): Store => opened.store;

    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.close();
    });

    readsAndWrites(store);
    conditions(store);
    races(store);
    lists(store);
    indexes(store);
    refusals(store);
  });
};

let made = 0;
const freshKey = (sk = 'ITEM'): Key => ({ pk: `CASE#${made++}`, sk });

const put = (key: Key, set: Record<string, Value>, when: readonly Clause[] = []): Write => ({ name: 'test.put', key, set, when });

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

const listed = (store: Store, pk: string, options: ListOptions = {}): Promise<readonly Item[]> =>
  drained((cursor) => store.list(pk, { ...options, ...(cursor === undefined ? {} : { cursor }) }));

const indexed = (store: Store, index: IndexName, value: string, options: ListOptions = {}): Promise<readonly Item[]> =>
  drained((cursor) => store.listIndex(index, value, { ...options, ...(cursor === undefined ? {} : { cursor }) }));

const readsAndWrites = (store: () => Store): void => {
  describe('reads and writes', () => {
    it('reads nothing where nothing was written', async () => {
      expect(await store().read(freshKey())).toBeUndefined();
    });

    it('creates an item and answers it as a read does', async () => {
      const key = freshKey();
      const result = await store().write(put(key, { status: 'running', rev: 1 }));
      expect(result).toEqual({ applied: true, before: undefined, item: { ...key, status: 'running', rev: 1 } });
      expect(await store().read(key)).toEqual({ ...key, status: 'running', rev: 1 });
    });

    it('creates an item of its keys alone', async () => {
      const key = freshKey();
      await store().write({ name: 'test.touch', key, when: [] });
      expect(await store().read(key)).toEqual(key);
    });

    it('sets, removes and adds in one write, and answers the item before and after', async () => {
      const key = freshKey();
      const before = { ...key, kept: 'as it was', status: 'running', holder: 'run-1', rev: 4 };
      await store().write(put(key, { kept: 'as it was', status: 'running', holder: 'run-1', rev: 4 }));
      const change: Write = {
        name: 'test.change',
        key,
        set: { status: 'paused', outputs: { rows: 3 } },
        remove: ['holder', 'never-there'],
        add: { rev: 1, retries: 2 },
        when: [{ test: 'equals', attribute: 'rev', value: 4 }],
      };
      const after = { ...key, kept: 'as it was', status: 'paused', outputs: { rows: 3 }, rev: 5, retries: 2 };
      expect(await store().write(change)).toEqual({ applied: true, before, item: after });
      expect(await store().read(key)).toEqual(after);
      expect(applyWrite(before, change)).toEqual(after);
    });

    it('adds to an absent attribute as to 0, and adds negative numbers', async () => {
      const key = freshKey();
      await store().write({ name: 'test.add', key, add: { count: -3 }, when: [] });
      await store().write({ name: 'test.add', key, add: { count: 1 }, when: [] });
      expect(await store().read(key)).toEqual({ ...key, count: -2 });
    });

    it('keeps every value that JSON can hold', async () => {
      const key = freshKey('ITEM#ünïcode ✓ 😀');
      const values = {
        empty: '',
        text: 'Žluťoučký kůň, 東京, 😀, "quotes", \\ and \u0000',
        zero: 0,
        negative: -12.5,
        tiny: 1e-7,
        big: Number.MAX_SAFE_INTEGER,
        yes: true,
        no: false,
        nothing: null,
        list: [],
        map: {},
        nested: { a: [1, 'two', null, { b: [[]] }], $set: ['looks like a tag'] },
        'name with spaces, dots. and #signs': 1,
      };
      await store().write(put(key, values));
      expect(await store().read(key)).toEqual({ ...key, ...values });
    });

    it('takes names that the query language reserves', async () => {
      const key = freshKey();
      const values = { name: 'n', status: 's', count: 1, size: 2, hash: 'h', open: 'o', data: {}, timestamp: 5 };
      await store().write({
        name: 'test.reserved',
        key,
        set: values,
        remove: ['ttl'],
        when: [{ test: 'absent', attribute: 'value' }],
      });
      expect(await store().read(key)).toEqual({ ...key, ...values });
    });

    it('reads many in the order of the keys, with repeats and gaps', async () => {
      const base = freshKey();
      const keys = Array.from({ length: 100 }, (_, at) => ({ ...base, sk: `ITEM#${at % 90}` }));
      await Promise.all(keys.slice(0, 80).map((key, at) => store().write(put(key, { at }))));
      const found = await store().readMany(keys);
      expect(found.map((item) => item?.['at'])).toEqual(keys.map((_, at) => (at % 90 < 80 ? at % 90 : undefined)));
      expect(await store().readMany([])).toEqual([]);
    });

    it('reads many large items', async () => {
      const base = freshKey();
      const keys = Array.from({ length: 8 }, (_, at) => ({ ...base, sk: `ITEM#${at}` }));
      for (const key of keys) await store().write(put(key, { body: 'x'.repeat(300_000) }));
      const found = await store().readMany(keys);
      expect(found.map((item) => item?.sk)).toEqual(keys.map((key) => key.sk));
    });
  });
};

const conditions = (store: () => Store): void => {
  const cases: readonly {
    readonly when: string;
    readonly clauses: readonly Clause[];
    readonly item: Record<string, Value> | undefined;
    readonly holds: boolean;
  }[] = [
    { when: 'there is no item', clauses: [{ test: 'absent', attribute: 'rev' }], item: undefined, holds: true },
    { when: 'there is no item: absent key', clauses: [{ test: 'absent', attribute: 'pk' }], item: undefined, holds: true },
    { when: 'there is an item: absent key', clauses: [{ test: 'absent', attribute: 'pk' }], item: {}, holds: false },
    { when: 'the attribute is there', clauses: [{ test: 'absent', attribute: 'rev' }], item: { rev: 1 }, holds: false },
    {
      when: 'the attribute is there and null',
      clauses: [{ test: 'absent', attribute: 'rev' }],
      item: { rev: null },
      holds: false,
    },
    { when: 'a number is equal', clauses: [{ test: 'equals', attribute: 'rev', value: 7 }], item: { rev: 7 }, holds: true },
    { when: 'a number differs', clauses: [{ test: 'equals', attribute: 'rev', value: 7 }], item: { rev: 8 }, holds: false },
    {
      when: 'a number meets a string',
      clauses: [{ test: 'equals', attribute: 'rev', value: 7 }],
      item: { rev: '7' },
      holds: false,
    },
    { when: 'a string is equal', clauses: [{ test: 'equals', attribute: 's', value: '' }], item: { s: '' }, holds: true },
    { when: 'a truth is equal', clauses: [{ test: 'equals', attribute: 'b', value: false }], item: { b: false }, holds: true },
    { when: 'equals meets nothing', clauses: [{ test: 'equals', attribute: 'rev', value: 0 }], item: {}, holds: false },
    {
      when: 'notEquals meets another value',
      clauses: [{ test: 'notEquals', attribute: 'o', value: 'a' }],
      item: { o: 'b' },
      holds: true,
    },
    {
      when: 'notEquals meets its value',
      clauses: [{ test: 'notEquals', attribute: 'o', value: 'a' }],
      item: { o: 'a' },
      holds: false,
    },
    {
      when: 'notEquals meets another type',
      clauses: [{ test: 'notEquals', attribute: 'o', value: '1' }],
      item: { o: 1 },
      holds: true,
    },
    { when: 'notEquals meets nothing', clauses: [{ test: 'notEquals', attribute: 'o', value: 'a' }], item: {}, holds: true },
    {
      when: 'notEquals meets no item',
      clauses: [{ test: 'notEquals', attribute: 'o', value: 'a' }],
      item: undefined,
      holds: true,
    },
    { when: 'a number is less', clauses: [{ test: 'lessThan', attribute: 'e', value: 10 }], item: { e: 9 }, holds: true },
    { when: 'a number is the same', clauses: [{ test: 'lessThan', attribute: 'e', value: 10 }], item: { e: 10 }, holds: false },
    {
      when: 'a negative number is less',
      clauses: [{ test: 'lessThan', attribute: 'e', value: -1 }],
      item: { e: -2 },
      holds: true,
    },
    {
      when: 'lessThan meets a string',
      clauses: [{ test: 'lessThan', attribute: 'e', value: 10 }],
      item: { e: '9' },
      holds: false,
    },
    { when: 'lessThan meets nothing', clauses: [{ test: 'lessThan', attribute: 'e', value: 10 }], item: {}, holds: false },
    { when: 'lessThan meets no item', clauses: [{ test: 'lessThan', attribute: 'e', value: 10 }], item: undefined, holds: false },
    {
      when: 'one of any holds',
      clauses: [
        {
          test: 'any',
          of: [
            { test: 'absent', attribute: 'e' },
            { test: 'lessThan', attribute: 'e', value: 5 },
          ],
        },
      ],
      item: { e: 4 },
      holds: true,
    },
    {
      when: 'none of any holds',
      clauses: [
        {
          test: 'any',
          of: [
            { test: 'absent', attribute: 'e' },
            { test: 'lessThan', attribute: 'e', value: 5 },
          ],
        },
      ],
      item: { e: 5 },
      holds: false,
    },
    { when: 'any of nothing', clauses: [{ test: 'any', of: [] }], item: { e: 5 }, holds: false },
    { when: 'any of nothing, without an item', clauses: [{ test: 'any', of: [] }], item: undefined, holds: false },
    {
      when: 'any within any holds',
      clauses: [
        {
          test: 'any',
          of: [
            { test: 'equals', attribute: 'a', value: 1 },
            {
              test: 'any',
              of: [
                { test: 'equals', attribute: 'b', value: 2 },
                { test: 'absent', attribute: 'c' },
              ],
            },
          ],
        },
        { test: 'equals', attribute: 'd', value: 4 },
      ],
      item: { a: 0, b: 2, c: 3, d: 4 },
      holds: true,
    },
    {
      when: 'only one of two clauses holds',
      clauses: [
        { test: 'equals', attribute: 'epoch', value: 2 },
        { test: 'equals', attribute: 'rev', value: 9 },
      ],
      item: { epoch: 2, rev: 8 },
      holds: false,
    },
  ];

  describe('conditions', () => {
    for (const { when, clauses, item, holds } of cases) {
      it(`${holds ? 'applies' : 'refuses'} a write where ${when}`, async () => {
        const key = freshKey();
        if (item !== undefined) await store().write(put(key, item));
        const before = item && { ...key, ...item };
        const result = await store().write(put(key, { written: true }, clauses));
        const after = holds ? { ...key, ...item, written: true } : before;
        expect(result).toEqual(holds ? { applied: true, before, item: after } : { applied: false, current: before });
        expect(await store().read(key)).toEqual(after);
      });
    }
  });
};

const races = (store: () => Store): void => {
  describe('races', () => {
    it('lets exactly one of many writers win each revision', async () => {
      const key = freshKey();
      await store().write(put(key, { rev: 0 }));
      const winners: number[] = [];
      const writer = async (id: number): Promise<void> => {
        for (let rev = 0; rev < 10; rev++) {
          const result = await store().write({
            name: 'test.race',
            key,
            set: { [`winner${rev}`]: id },
            add: { rev: 1 },
            when: [{ test: 'equals', attribute: 'rev', value: rev }],
          });
          if (result.applied) winners.push(rev);
        }
      };
      await Promise.all(Array.from({ length: 16 }, (_, id) => writer(id)));
      const end = await store().read(key);
      expect(new Set(winners).size).toBe(winners.length);
      expect(end?.['rev']).toBe(winners.length);
      expect(winners.length).toBeGreaterThan(0);
    });

    it('loses no increment', async () => {
      const key = freshKey();
      const results = await Promise.all(
        Array.from({ length: 50 }, () => store().write({ name: 'test.add', key, add: { fence: 1 }, when: [] })),
      );
      const fences = results.map((result) => (result.applied ? result.item['fence'] : undefined));
      expect([...fences].sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 50 }, (_, at) => at + 1));
    });

    it('lets one of many create an item, and shows the others what it wrote', async () => {
      const key = freshKey();
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, id) =>
          store().write(put(key, { holder: `run-${id}` }, [{ test: 'absent', attribute: 'holder' }])),
        ),
      );
      const winner = results.find((result) => result.applied);
      expect(results.filter((result) => result.applied)).toHaveLength(1);
      for (const result of results) if (!result.applied) expect(result.current).toEqual(winner?.applied && winner.item);
    });
  });
};

const lists = (store: () => Store): void => {
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
      expect((await store().list(pk, { limit: 3 })).items).toHaveLength(3);
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

const indexes = (store: () => Store): void => {
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
      });
    });
  }
};

const refusals = (store: () => Store): void => {
  describe('refusals', () => {
    const expectRefused = async (key: Key, attempt: Promise<unknown>): Promise<void> => {
      const error = await attempt.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(StoreRejectedError);
      expect((error as StoreRejectedError).retryable).toBe(false);
      expect((error as StoreRejectedError).next).toBeTruthy();
      expect(await store().read(key)).toBeUndefined();
    };

    it('refuses an item over 400 KB and names the way out', async () => {
      const key = freshKey();
      await expectRefused(key, store().write(put(key, { body: 'x'.repeat(400 * 1024) })));
      await expect(store().write(put(key, { body: 'x'.repeat(400 * 1024) }))).rejects.toMatchObject({
        message: expect.stringMatching(/size|bytes/),
        next: expect.stringContaining('artefacts'),
      });
    });

    it('takes an item just under 400 KB', async () => {
      const key = freshKey();
      const room = 400 * 1024 - key.pk.length - key.sk.length - 'pkskbody'.length;
      expect((await store().write(put(key, { body: 'x'.repeat(room) }))).applied).toBe(true);
      await expectRefused(freshKey(), store().write(put({ ...key, sk: 'ITEM2' }, { body: 'x'.repeat(room) })));
    });

    it('refuses what it could not keep as it is', async () => {
      const key = freshKey();
      await expectRefused(key, store().write(put(key, { n: Number.NaN })));
      await expectRefused(key, store().write(put(key, { deep: [{ n: 2 ** 53 }] })));
      await expectRefused(key, store().write(put(key, { deep: { '': 'no name' } })));
      await expectRefused(key, store().write({ name: 'test.add', key, add: { n: 0.5 }, when: [] }));
      await expectRefused(key, store().write({ name: 'test.twice', key, set: { n: 1 }, add: { n: 1 }, when: [] }));
      await expectRefused(key, store().write(put(key, { sk: 'another' })));
      await expectRefused(key, store().write(put(key, { listing: 5 })));
      await expectRefused(key, store().write(put(key, { open: '', openSort: 'x' })));
    });

    it('refuses to add to what is no number', async () => {
      const key = freshKey();
      await store().write(put(key, { n: 'text' }));
      await expect(store().write({ name: 'test.add', key, add: { n: 1 }, when: [] })).rejects.toBeInstanceOf(StoreRejectedError);
      expect(await store().read(key)).toEqual({ ...key, n: 'text' });
    });

    it('refuses more than 100 keys at once', async () => {
      const keys = Array.from({ length: 101 }, () => freshKey());
      await expect(store().readMany(keys)).rejects.toBeInstanceOf(StoreRejectedError);
    });
  });
};
