import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreRejectedError } from '../../shared/errors/store-errors.ts';
import { canonicalRecord } from '../../shared/ports/canonical-record.ts';
import type { DataRecord, Tables } from '../../shared/ports/tables.ts';
import { attributeName, recordValue } from './record-values.ts';

interface KeyAttribute {
  readonly name: string;
  readonly type: 'S' | 'N' | 'B';
}

export interface TablesUnderTest {
  readonly tables: Tables;
  create(table: string, keys: readonly KeyAttribute[]): Promise<void>;
  close(): Promise<void>;
}

const FAR = Number.MAX_SAFE_INTEGER;
const ID: readonly KeyAttribute[] = [{ name: 'id', type: 'S' }];

/** What every adapter of users' tables promises, run on each of them. */
export const tablesContract = (name: string, open: () => Promise<TablesUnderTest>): void => {
  describe(`tables contract: ${name}`, () => {
    let opened: TablesUnderTest;
    let made = 0;
    const tables = (): Tables => opened.tables;
    const fresh = async (keys: readonly KeyAttribute[] = ID, records: readonly DataRecord[] = []): Promise<string> => {
      const table = `table-${made++}`;
      await opened.create(table, keys);
      if (records.length > 0) await tables().write(table, { put: records, deadline: FAR });
      return table;
    };

    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.close();
    });

    bulk(tables, fresh);
    values(tables, fresh);
    conditional(tables, fresh);
  });
};

type Fresh = (keys?: readonly KeyAttribute[], records?: readonly DataRecord[]) => Promise<string>;

const cities = (count: number): readonly DataRecord[] =>
  Array.from({ length: count }, (_, at) => ({ id: `city-${at}`, name: `Name ${at}`, population: at * 7, lat: at / 3 }));

const scanned = async (tables: Tables, table: string, segments = 1, limit = 1_000): Promise<readonly DataRecord[]> => {
  const records: DataRecord[] = [];
  for (let segment = 0; segment < segments; segment++) {
    let cursor: string | undefined;
    do {
      const page = await tables.scan(table, {
        segment,
        segments,
        limit,
        consistent: true,
        ...(cursor === undefined ? {} : { cursor }),
      });
      expect(page.records.length).toBeLessThanOrEqual(limit);
      records.push(...page.records);
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
  return records;
};

const byId = (records: readonly DataRecord[]): readonly DataRecord[] =>
  [...records].sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1));

const bulk = (tables: () => Tables, fresh: Fresh): void => {
  describe('bulk', () => {
    it('tells the keys of a table, partition key first, and knows no other table', async () => {
      const table = await fresh([
        { name: 'zone', type: 'S' },
        { name: 'at', type: 'N' },
      ]);
      expect(await tables().shape(table)).toMatchObject({ keys: ['zone', 'at'] });
      expect(await tables().shape('no-such-table')).toBeUndefined();
    });

    it('writes and scans any number of records, whatever the segments and the pages', async () => {
      const table = await fresh();
      const records = cities(260);
      expect(await tables().write(table, { put: records, deadline: FAR })).toEqual({ unprocessed: 0, throttled: false });
      expect(byId(await scanned(tables(), table))).toEqual(byId(records));
      expect(byId(await scanned(tables(), table, 4, 10))).toEqual(byId(records));
      expect(byId(await scanned(tables(), table, 7, 1_000))).toEqual(byId(records));
    });

    it('writes nothing without complaint', async () => {
      const table = await fresh();
      expect(await tables().write(table, { deadline: FAR })).toEqual({ unprocessed: 0, throttled: false });
      expect(await scanned(tables(), table)).toEqual([]);
    });

    it('puts and removes in one call', async () => {
      const table = await fresh(ID, cities(60));
      const change = {
        put: [{ id: 'new' }, { id: 'city-1', only: true }],
        remove: cities(60)
          .slice(10)
          .map(({ id }) => ({ id: id ?? null })),
      };
      await tables().write(table, { ...change, deadline: FAR });
      const kept = cities(10).map((record) => (record['id'] === 'city-1' ? { id: 'city-1', only: true } : record));
      expect(byId(await scanned(tables(), table))).toEqual(byId([...kept, { id: 'new' }]));
    });

    it('gets records by key, leaving out what is missing', async () => {
      const table = await fresh(ID, cities(120));
      const keys = [...cities(120), { id: 'missing' }, { id: 'city-3' }].map(({ id }) => ({ id: id ?? null }));
      expect(byId(await tables().get(table, keys))).toEqual(byId(cities(120)));
      expect(await tables().get(table, [])).toEqual([]);
    });

    it('pages over keys of numbers and binaries', async () => {
      const table = await fresh([
        { name: 'bytes', type: 'B' },
        { name: 'n', type: 'N' },
      ]);
      const records = Array.from({ length: 12 }, (_, at) => ({
        bytes: { $binary: Buffer.from([at, 255, 0]).toString('base64') },
        n: at / 4,
      }));
      await tables().write(table, { put: records, deadline: FAR });
      const found = await scanned(tables(), table, 2, 1);
      expect([...found].sort((a, b) => Number(a['n']) - Number(b['n']))).toEqual(records);
      expect(await tables().get(table, records.slice(0, 1))).toEqual(records.slice(0, 1));
    });

    it('refuses a table that is not there, and a record without its key', async () => {
      const table = await fresh();
      await expect(tables().write('no-such-table', { put: [{ id: 'a' }], deadline: FAR })).rejects.toBeInstanceOf(
        StoreRejectedError,
      );
      await expect(tables().scan('no-such-table', { segment: 0, segments: 1, limit: 1 })).rejects.toBeInstanceOf(
        StoreRejectedError,
      );
      await expect(tables().write(table, { put: [{ name: 'no id' }], deadline: FAR })).rejects.toMatchObject({
        next: expect.any(String),
      });
    });
  });
};

const values = (tables: () => Tables, fresh: Fresh): void => {
  describe('values', () => {
    it('gives back every value in canonical form', async () => {
      const table = await fresh();
      const record = {
        id: 'values',
        text: 'Žluťoučký 東京 😀',
        empty: '',
        exact: { $number: '12345678901234567890' },
        wide: { $number: '0.12345678901234567890123456789012345678' },
        plain: { $number: '42.50' },
        small: 1e-7,
        large: 2 ** 60,
        bytes: { $binary: 'AP+A' },
        strings: { $set: ['b', 'a', 'b'] },
        numbers: { $set: [3, { $number: '12345678901234567890' }, -1] },
        binaries: { $set: [{ $binary: 'AQ==' }, { $binary: '' }] },
        own: { $map: { $set: 'not a set' } },
        nested: [{ deep: [null, true, { $set: ['x'] }] }, [], {}],
      };
      await tables().write(table, { put: [record], deadline: FAR });
      const expected = {
        ...record,
        plain: 42.5,
        strings: { $set: ['a', 'b'] },
        numbers: canonicalRecord(record)['numbers'],
        binaries: { $set: [{ $binary: '' }, { $binary: 'AQ==' }] },
      };
      expect(await scanned(tables(), table)).toEqual([expected]);
      expect(canonicalRecord(record)).toEqual(expected);
    });

    it('gives back any record as its canonical form', async () => {
      const table = await fresh();
      let at = 0;
      await fc.assert(
        fc.asyncProperty(fc.dictionary(attributeName, recordValue), async (attributes) => {
          const record = { ...attributes, id: `record-${at++}` };
          await tables().write(table, { put: [record], deadline: FAR });
          expect(await tables().get(table, [{ id: record.id }])).toEqual([canonicalRecord(record)]);
        }),
        { numRuns: 60 },
      );
    });

    it('refuses what no table can hold, and names the attribute', async () => {
      const table = await fresh();
      for (const value of [Number.NaN, { $number: 'twelve' }, { $set: [] }, { $set: ['a', 1] }, [{ $binary: '?' }]]) {
        const attempt = async () => tables().write(table, { put: [{ id: 'bad', value }], deadline: FAR });
        await expect(attempt()).rejects.toThrow(StoreRejectedError);
        await expect(attempt()).rejects.toThrow(/'value/);
      }
      for (const lost of ['{"id":"bad","__proto__":1}', '{"id":"bad","value":[{"__proto__":{}}]}']) {
        const attempt = async () => tables().write(table, { put: [JSON.parse(lost)], deadline: FAR });
        await expect(attempt()).rejects.toThrow(/__proto__' has a name that is lost/);
      }
      expect(await scanned(tables(), table)).toEqual([]);
    });
  });
};

const conditional = (tables: () => Tables, fresh: Fresh): void => {
  describe('conditional writes', () => {
    const key = { id: 'a' };
    const rich: DataRecord = {
      id: 'a',
      name: 'Anna',
      tags: { $set: ['x', 'y'] },
      bytes: { $binary: 'AAEC' },
      exact: { $number: '12345678901234567890' },
      nothing: null,
      list: [1, { two: [2, 'zwei'] }, []],
      map: { b: { c: true }, empty: {}, 'odd.name': '' },
    };

    it('puts a record where there is none, and only there', async () => {
      const table = await fresh();
      expect(await tables().writeIf(table, key, { id: 'a', v: 1 }, { absent: true })).toBe(true);
      expect(await tables().writeIf(table, key, { id: 'a', v: 2 }, { absent: true })).toBe(false);
      expect(await tables().get(table, [key])).toEqual([{ id: 'a', v: 1 }]);
    });

    it('says whether a record is absent that need not be removed', async () => {
      const table = await fresh(ID, [{ id: 'b' }]);
      expect(await tables().writeIf(table, key, undefined, { absent: true })).toBe(true);
      expect(await tables().writeIf(table, { id: 'b' }, undefined, { absent: true })).toBe(false);
      expect(await tables().get(table, [{ id: 'b' }])).toEqual([{ id: 'b' }]);
    });

    it('replaces a record that is as it was seen', async () => {
      const table = await fresh(ID, [rich]);
      const next = { id: 'a', name: 'Ann', list: [2], added: { deep: { $set: [1, 2] } } };
      expect(await tables().writeIf(table, key, next, { unchanged: rich })).toBe(true);
      expect(await tables().get(table, [key])).toEqual([next]);
      expect(await tables().writeIf(table, key, next, { unchanged: next })).toBe(true);
    });

    it('removes a record that is as it was seen', async () => {
      const table = await fresh(ID, [rich]);
      expect(await tables().writeIf(table, key, undefined, { unchanged: rich })).toBe(true);
      expect(await tables().get(table, [key])).toEqual([]);
      expect(await tables().writeIf(table, key, undefined, { unchanged: rich })).toBe(false);
    });

    const changes: readonly (readonly [string, DataRecord])[] = [
      ['a scalar', { ...rich, name: 'Hanna' }],
      ['a set', { ...rich, tags: { $set: ['x'] } }],
      ['a digit of a long number', { ...rich, exact: { $number: '12345678901234567891' } }],
      ['a leaf of a list', { ...rich, list: [1, { two: [2, 'two'] }, []] }],
      ['the length of a list', { ...rich, list: [1, { two: [2, 'zwei'] }, [], 4] }],
      ['a leaf of a map', { ...rich, map: { b: { c: false }, empty: {}, 'odd.name': '' } }],
      ['the members of a map', { ...rich, map: { b: { c: true }, empty: {}, 'odd.name': '', more: 1 } }],
      ['a type', { ...rich, nothing: '' }],
      ['by one attribute more', { ...rich, extra: 1 }],
    ];
    for (const [what, changed] of changes) {
      it(`leaves a record alone that differs in ${what}`, async () => {
        const table = await fresh(ID, [changed]);
        expect(await tables().writeIf(table, key, { id: 'a' }, { unchanged: rich })).toBe(false);
        expect(await tables().writeIf(table, key, undefined, { unchanged: rich })).toBe(false);
        expect(await tables().get(table, [key])).toEqual([changed]);
      });
    }

    it('lets one of many replace what all of them saw', async () => {
      const table = await fresh(ID, [rich]);
      const attempts = Array.from({ length: 12 }, (_, at) =>
        tables().writeIf(table, key, { ...rich, list: [at] }, { unchanged: rich }),
      );
      const won = (await Promise.all(attempts)).flatMap((applied, at) => (applied ? [at] : []));
      expect(won).toHaveLength(1);
      expect(await tables().get(table, [key])).toEqual([{ ...rich, list: won }]);
    });
  });
};
