import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreRejectedError } from '../../shared/errors/store-errors.ts';
import { applyWrite } from '../../shared/ports/apply-write.ts';
import type { Key, Store, Value, Write } from '../../shared/ports/store.ts';
import { freshKey, put } from './store-cases.ts';
import { conditions } from './store-conditions.ts';
import { indexes, lists } from './store-lists.ts';
import { removals } from './store-removals.ts';

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
    removals(store);
    refusals(store);
  });
};

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

    it('keeps what the first writer decided, and sets it where there is nothing', async () => {
      const key = freshKey();
      const kept = (at: string, set: Record<string, Value>) =>
        store().write({ name: 'test.keep', key, set, keep: { open: 'KEPT', openSort: at }, when: [] });
      expect(await kept('1', { a: 1 })).toMatchObject({ applied: true, item: { ...key, a: 1, open: 'KEPT', openSort: '1' } });
      expect(await kept('2', { a: 2 })).toMatchObject({ applied: true, item: { ...key, a: 2, openSort: '1' } });
      expect(await store().read(key)).toEqual({ ...key, a: 2, open: 'KEPT', openSort: '1' });
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
