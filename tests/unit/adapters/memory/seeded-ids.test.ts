import { describe, expect, it } from 'vitest';
import { seededIds } from '../../../../adapters/memory/seeded-ids.ts';

describe('seededIds', () => {
  const drawn = (seed: number) => {
    const ids = seededIds(seed, { now: () => 1_700_000_000_000 });
    return Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? ids.next() : ids.random()));
  };

  it('draws the same from the same seed, and else from another', () => {
    expect(drawn(7)).toEqual(drawn(7));
    expect(drawn(7)).not.toEqual(drawn(8));
  });

  it('draws evenly from [0, 1)', () => {
    const ids = seededIds(1, { now: () => 0 });
    const draws = Array.from({ length: 10_000 }, () => ids.random());
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = draws.filter((draw) => Math.floor(draw * 10) === tenth).length;
      expect(Math.abs(share - 1_000)).toBeLessThan(150);
    }
  });
});
