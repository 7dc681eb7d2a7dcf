import { describe, expect, it } from 'vitest';
import { StoreRejectedError } from '../../../../shared/errors/store-errors.ts';
import { applyWrite, checkWrite } from '../../../../shared/ports/apply-write.ts';
import type { Write } from '../../../../shared/ports/store.ts';

const key = { pk: 'P', sk: 'S' };
const write = (change: Partial<Write>): Write => ({ name: 'test.write', key, when: [], ...change });

describe('applyWrite', () => {
  it('sets, removes and adds, and leaves the item before as it was', () => {
    const before = Object.freeze({ ...key, kept: 1, gone: 2, count: 3 });
    const after = applyWrite(before, write({ set: { fresh: [1] }, remove: ['gone', 'absent'], add: { count: 4, other: 5 } }));
    expect(after).toEqual({ ...key, kept: 1, fresh: [1], count: 7, other: 5 });
    expect(applyWrite(undefined, write({}))).toEqual(key);
  });

  it('adds to numbers only', () => {
    expect(() => applyWrite({ ...key, count: '3' }, write({ add: { count: 1 } }))).toThrow(StoreRejectedError);
  });
});

describe('checkWrite', () => {
  const refusals: readonly (readonly [string, Partial<Write>, RegExp])[] = [
    ['an attribute touched twice', { set: { a: 1 }, remove: ['a'] }, /'a' twice/],
    ['a change of the key', { add: { pk: 1 } }, /own key/],
    ['a fraction that is added', { add: { a: 0.1 } }, /adds 0.1/],
    ['a number that JSON would lose', { set: { a: { b: [2 ** 53] } } }, /a\.b\[0\]/],
    ['an infinite number', { set: { a: Number.POSITIVE_INFINITY } }, /Infinity/],
    ['undefined', { set: { a: undefined as never } }, /undefined/],
    ['a function', { set: { a: [(() => 1) as never] } }, /function/],
    ['an attribute without a name', { set: { a: { '': 1 } } }, /without a name/],
    ['an empty key', { key: { pk: '', sk: 'S' } }, /'pk'/],
    ['an index key that is no string', { set: { listing: 'x', listingSort: 1 } }, /'listingSort'/],
  ];
  for (const [what, change, message] of refusals) {
    it(`refuses ${what}`, () => {
      expect(() => checkWrite(write(change))).toThrow(message);
      expect(() => checkWrite(write(change))).toThrow(StoreRejectedError);
    });
  }

  it('takes everything that JSON can hold', () => {
    checkWrite(write({ set: { a: null, b: [{ c: '' }, true, -1.5], listing: 'x' }, add: { rev: -1 }, remove: ['d'] }));
  });
});
