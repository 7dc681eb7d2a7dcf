import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Series } from '../../../../../adapters/embedded/metrics/series.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const start = Date.UTC(2026, 4, 4, 12);

const over = (series: Series, from: number, to: number, periodMs: number) =>
  series.periods({ from: start + from, to: start + to, periodMs }).map(({ at, values, counts }) => [at - start, values, counts]);

describe('Series', () => {
  it('tells seconds apart for three hours, and then minutes, with every value', () => {
    const series = new Series();
    series.add({ at: start + 1_200, values: [3, 4] }, start);
    series.add({ at: start + 31_000, values: [3], counts: [5] }, start);
    expect(over(series, 0, 60_000, 10_000)).toEqual([
      [0, [3, 4], [1, 1]],
      [30_000, [3], [5]],
    ]);
    series.age(start + 3 * HOUR + 60_000);
    expect(over(series, 0, 60_000, 10_000)).toEqual([[0, [3, 4], [6, 1]]]);
    series.age(start + 15 * DAY);
    expect(series.length).toBe(2);
    series.age(start + 15 * DAY + 60_000);
    expect([series.length, series.newest]).toEqual([0, Number.NEGATIVE_INFINITY]);
  });

  it('puts what comes late where it belongs, and leaves out what is too old', () => {
    const series = new Series();
    const now = start + 4 * HOUR;
    series.add({ at: now, values: [1] }, now);
    series.add({ at: start + 59_000, values: [2] }, now);
    series.add({ at: start - 15 * DAY, values: [3] }, now);
    expect(over(series, 0, 5 * HOUR, HOUR)).toEqual([
      [0, [2], [1]],
      [4 * HOUR, [1], [1]],
    ]);
  });

  it('loses its oldest values first', () => {
    const series = new Series();
    for (let second = 0; second < 10; second++) series.add({ at: start + second * 1_000, values: [second] }, start);
    series.age(start + 3 * HOUR + 60_000);
    series.add({ at: start + 4 * HOUR, values: [10, 11] }, start + 3 * HOUR + 60_000);
    series.drop(9);
    expect(over(series, 0, 5 * HOUR, 5 * HOUR)).toEqual([[0, [9, 10, 11], [1, 1, 1]]]);
    series.drop(2);
    expect(series.length).toBe(1);
  });

  it('has the same sums by whole periods, however old it is', () => {
    const datum = fc.record({
      at: fc.integer({ min: 0, max: HOUR - 1 }),
      values: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(datum, { maxLength: 40 }), fc.integer({ min: 0, max: 5 }), (data, hours) => {
        const series = new Series();
        for (const { at, values } of data) series.add({ at: start + at, values }, start + HOUR);
        series.age(start + hours * HOUR);
        const told = new Map(
          over(series, 0, HOUR, 60_000).map(([at, values, counts]) => {
            const weighted = (values as number[]).map((value, index) => value * ((counts as number[])[index] ?? 0));
            return [at, weighted.reduce((sum, value) => sum + value, 0)];
          }),
        );
        for (let minute = 0; minute < 60; minute++) {
          const inside = data.filter(({ at }) => Math.floor(at / 60_000) === minute);
          const sum = inside.flatMap(({ values }) => values).reduce((total, value) => total + value, 0);
          expect(told.get(minute * 60_000) ?? 0).toBe(sum);
        }
      }),
    );
  });
});
