import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIRST_BATCH, LARGEST_BATCH, nextBatchSize, SMALLEST_BATCH } from '../../../../shared/batch/batch-size.ts';

const sizes = fc.integer({ min: SMALLEST_BATCH, max: LARGEST_BATCH });

describe('nextBatchSize', () => {
  it('never leaves its limits, and grows by at most 20 % a step', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.nat(20_000),
        fc.nat(60_000),
        fc.boolean(),
        fc.integer({ min: 1, max: 60_000 }),
        (size, records, ms, throttled, interval) => {
          const next = nextBatchSize(size, { records, ms, throttled }, interval);
          expect(Number.isInteger(next)).toBe(true);
          expect(next).toBeGreaterThanOrEqual(SMALLEST_BATCH);
          expect(next).toBeLessThanOrEqual(LARGEST_BATCH);
          expect(next).toBeLessThanOrEqual(Math.max(size * 1.2, SMALLEST_BATCH));
          if (throttled) expect(next).toBeLessThanOrEqual(Math.max(size / 2, SMALLEST_BATCH));
        },
      ),
    );
  });

  it('settles at 90 to 95 % of the interval, at any steady rate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 4000 }), (perSecond) => {
        let size = FIRST_BATCH;
        for (let step = 0; step < 40; step += 1) {
          size = nextBatchSize(size, { records: size, ms: (size / perSecond) * 1000, throttled: false }, 2000);
        }
        const took = size / perSecond / 2;
        expect(took).toBeGreaterThan(0.88);
        expect(took).toBeLessThanOrEqual(0.95);
      }),
    );
  });

  it('stays where it is within the band', () => {
    expect(nextBatchSize(1000, { records: 1000, ms: 1850, throttled: false }, 2000)).toBe(1000);
  });

  it('does not judge by the end of a segment', () => {
    expect(nextBatchSize(1000, { records: 3, ms: 10, throttled: false }, 2000)).toBe(1000);
  });

  it('shrinks by half at most', () => {
    expect(nextBatchSize(1000, { records: 1000, ms: 60_000, throttled: false }, 2000)).toBe(500);
  });
});
