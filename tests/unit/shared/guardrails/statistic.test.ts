import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samplesForPercentile, statisticOf } from '../../../../shared/guardrails/statistic.ts';

const values = [
  { at: 0, values: [3, 1], counts: [1, 2] },
  { at: 1, values: [8] },
];
const of = (statistic: string): number | undefined => statisticOf(statistic, values)?.value;

describe('statisticOf', () => {
  it('weighs values by their counts', () => {
    expect([of('Sum'), of('Average'), of('SampleCount'), of('Minimum'), of('Maximum')]).toEqual([13, 13 / 4, 4, 1, 8]);
    expect([of('p50'), of('p51'), of('p75'), of('p76'), of('p100')]).toEqual([1, 3, 3, 8, 8]);
  });

  it('tells how many percent of the values keep a limit', () => {
    expect([of('PR(:0.5)'), of('PR(:1)'), of('PR(:3)'), of('PR(:8e0)')]).toEqual([0, 50, 75, 100]);
  });

  it('is nothing without samples', () => {
    expect(statisticOf('Sum', [])).toBeNull();
    expect(statisticOf('p95', [{ at: 0, values: [1], counts: [0] }])).toBeNull();
  });

  it('has at most so many percent of the values below a percentile, and at least so many at or below it', () => {
    const percent = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 60 }), percent, (seen, p) => {
        const value = statisticOf(`p${p}`, [{ at: 0, values: seen }])?.value ?? Number.NaN;
        const below = seen.filter((other) => other < value).length;
        const upTo = seen.filter((other) => other <= value).length;
        expect(seen).toContain(value);
        expect(below * 100).toBeLessThan(p * seen.length);
        expect(upTo * 100).toBeGreaterThanOrEqual(p * seen.length);
      }),
    );
  });
});

describe('samplesForPercentile', () => {
  it('asks for ten samples on the thin side', () => {
    expect([0.5, 0.9, 0.95, 0.99, 0.999, 0.05].map(samplesForPercentile)).toEqual([20, 100, 200, 1000, 10_000, 200]);
  });
});
