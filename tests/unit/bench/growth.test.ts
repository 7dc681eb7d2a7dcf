import { describe, expect, it } from 'vitest';
import { growthOf, isGrowing } from '../../../bench/growth.ts';
import { seededRandom } from '../../../bench/seeded-random.ts';

const samples = (valueAt: (at: number) => number) =>
  Array.from({ length: 90 }, (_, at) => ({ at: at * 1000, value: valueAt(at) }));

describe('growthOf', () => {
  it('finds the line through the last two thirds', () => {
    const { gained, mean } = growthOf(samples((at) => (at < 30 ? 1000 : 2 * at)));
    expect(gained).toBeCloseTo(2 * 59);
    expect(mean).toBeCloseTo(2 * 59.5);
  });

  it('calls a leak under noise growing, and noise alone not', () => {
    const random = seededRandom(3);
    expect(isGrowing(growthOf(samples((at) => 60 + at / 2 + random() * 10)), 5)).toBe(true);
    expect(isGrowing(growthOf(samples(() => 60 + random() * 30)), 5)).toBe(false);
  });

  it('lets what is small grow a little', () => {
    expect(isGrowing(growthOf(samples((at) => 60 + at / 30)), 5)).toBe(false);
    expect(isGrowing(growthOf(samples((at) => 200 + at / 6)), 5)).toBe(false);
  });

  it('says nothing of too few samples', () => {
    expect(
      isGrowing(
        growthOf([
          { at: 0, value: 1 },
          { at: 1, value: 100 },
        ]),
        1,
      ),
    ).toBe(false);
  });
});
