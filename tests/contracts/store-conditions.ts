import { describe, expect, it } from 'vitest';
import type { Clause, Store, Value } from '../../shared/ports/store.ts';
import { freshKey, put } from './store-cases.ts';

export const conditions = (store: () => Store): void => {
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
