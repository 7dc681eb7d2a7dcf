import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryAt } from '../../../../shared/webhooks/retry-schedule.ts';

const HOUR = 3_600_000;

/** When each attempt is made, ms after the first. */
function attempts(random: () => number): number[] {
  const times = [0];
  for (let at: number | undefined = 0; at !== undefined; ) {
    at = retryAt(times.length, at, random());
    if (at !== undefined) times.push(at);
  }
  return times;
}

describe('retryAt', () => {
  it('spreads eight attempts over 24 hours and a little more', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 8, maxLength: 8 }), (randoms) => {
        const times = attempts(() => randoms.pop() ?? 0);
        expect(times.length).toBe(8);
        expect(times.at(-1)).toBeGreaterThanOrEqual(24 * HOUR);
        expect(times.at(-1)).toBeLessThan(28 * HOUR);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });

  it('begins after a minute', () => {
    expect(retryAt(1, 0, 0)).toBe(60_000);
    expect(retryAt(1, 0, 0.5)).toBe(63_000);
  });
});
