import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookAfter } from '../../../../shared/rollout/look-after.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('the time to the next look', () => {
  it('is a sixtieth of the bake time, from a second to a minute', () => {
    expect(lookAfter(0, { bake: 20_000 })).toBe(1000);
    expect(lookAfter(0, { bake: 10 * MINUTE })).toBe(10_000);
    expect(lookAfter(0, { bake: 7 * DAY })).toBe(MINUTE);
  });

  it('grows with the time a stage has been watched, up to five minutes', () => {
    expect(lookAfter(HOUR, { bake: 7 * DAY })).toBe(MINUTE);
    expect(lookAfter(3 * HOUR, { bake: 7 * DAY })).toBe(3 * MINUTE);
    expect(lookAfter(DAY, { bake: 7 * DAY })).toBe(5 * MINUTE);
    expect(lookAfter(3 * HOUR, { bake: 10 * MINUTE })).toBe(3 * MINUTE);
  });

  it('ends where the bake time does', () => {
    expect(lookAfter(9.9 * MINUTE, { bake: 10 * MINUTE })).toBe(0.1 * MINUTE);
    expect(lookAfter(9.9 * MINUTE, { bake: 10 * MINUTE, look: MINUTE })).toBe(0.1 * MINUTE);
  });

  it('is what the plan says', () => {
    expect(lookAfter(3 * DAY, { bake: 7 * DAY, look: 10_000 })).toBe(10_000);
  });

  it('is always ahead, and reaches the end of the bake time exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: DAY }), (bake) => {
        let watched = 0;
        for (let looks = 0; watched < bake; looks += 1) {
          expect(looks).toBeLessThan(1000);
          const next = lookAfter(watched, { bake });
          expect(next).toBeGreaterThan(0);
          watched += next;
        }
        expect(watched).toBe(bake);
      }),
    );
  });
});
