import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueAtRank } from '../../../../shared/guardrails/value-at-rank.ts';

const columns = (pairs: readonly (readonly [number, number])[]) => ({
  values: Float64Array.from(pairs, ([value]) => value),
  counts: Float64Array.from(pairs, ([, count]) => count),
});

describe('valueAtRank', () => {
  it('finds what sorting finds', () => {
    const pair = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 1, max: 5 }));
    fc.assert(
      fc.property(
        fc.array(pair, { minLength: 1, maxLength: 80 }),
        fc.double({ min: -0.1, max: 1.2, noNaN: true }),
        (pairs, share) => {
          const rank = share * pairs.reduce((sum, [, count]) => sum + count, 0);
          const sorted = pairs.toSorted(([one], [other]) => one - other);
          let below = 0;
          const found = sorted.find(([, count]) => {
            below += count;
            return below >= rank;
          });
          expect(valueAtRank(columns(pairs), rank)).toBe((found ?? sorted.at(-1))?.[0]);
        },
      ),
    );
  });

  it('answers the largest where the rank is no number', () => {
    expect(
      valueAtRank(
        columns([
          [2, 1],
          [9, 1],
          [4, 1],
        ]),
        Number.NaN,
      ),
    ).toBe(9);
  });
});
