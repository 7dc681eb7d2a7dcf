import { describe, expect, it } from 'vitest';
import { MetricsBook } from '../../../../../adapters/embedded/metrics/metrics-book.ts';
import { VirtualClock } from '../../../../../adapters/memory/virtual-clock.ts';

const start = Date.UTC(2026, 4, 4, 12);
const series = (metric: string) => ({ namespace: 'Shop', metric, dimensions: { arm: 'on' } });

function opened(limits = { seriesValues: 100, values: 250, series: 4 }) {
  const clock = new VirtualClock(start);
  const book = new MetricsBook({ clock, limits });
  const put = (metric: string, count: number, first = 0) =>
    book.put(
      Array.from({ length: count }, (_, index) => ({ ...series(metric), at: start + (first + index) * 1_000, values: [1] })),
    );
  /** Seconds of the first and the last value, and how many there are. */
  const held = (metric: string) => {
    const data = book.datapoints(series(metric), { from: start, to: start + 1_000_000, periodMs: 1_000 });
    return [data.length, ...[data[0], data.at(-1)].map((datapoint) => datapoint && (datapoint.at - start) / 1_000)];
  };
  return { clock, book, put, held };
}

describe('MetricsBook', () => {
  it('keeps the newest values of a series', async () => {
    const { put, held } = opened();
    await put('a', 130);
    expect(held('a')).toEqual([100, 30, 129]);
  });

  it('shortens the longest series where all are too many', async () => {
    const { put, held } = opened();
    await put('a', 100);
    await put('b', 80);
    await put('c', 75);
    expect([held('a'), held('b'), held('c')]).toEqual([
      [90, 10, 99],
      [80, 0, 79],
      [75, 0, 74],
    ]);
  });

  it('forgets the series that has been quiet for longest', async () => {
    const { put, held } = opened();
    for (const [index, metric] of ['a', 'b', 'c', 'd'].entries()) await put(metric, 1, metric === 'a' ? 9 : index);
    await put('e', 2);
    expect(['a', 'b', 'c', 'd', 'e'].map((metric) => held(metric)[0])).toEqual([1, 0, 1, 1, 2]);
  });

  it('counts no values of a series that it forgot', async () => {
    const { put, held } = opened();
    await put('a', 80);
    for (const metric of ['b', 'c', 'd', 'e']) await put(metric, 60, 100);
    expect(['a', 'b', 'c', 'd', 'e'].map((metric) => held(metric)[0])).toEqual([0, 60, 60, 60, 60]);
  });

  it('forgets values of series that nobody writes any more, and counts right thereafter', async () => {
    const { clock, book, put, held } = opened();
    for (const metric of ['a', 'b', 'c']) await put(metric, 80);
    await clock.advanceTo(start + 16 * 86_400_000);
    const now = clock.now();
    await book.put(Array.from({ length: 100 }, (_, index) => ({ ...series('d'), at: now - index * 1_000, values: [1] })));
    await book.put(Array.from({ length: 100 }, (_, index) => ({ ...series('e'), at: now - index * 1_000, values: [1] })));
    expect(held('a')[0]).toBe(0);
    const figures = await book.figures(
      [series('d'), series('e')].map((name) => ({ ...name, statistic: 'SampleCount' })),
      { from: now - 200_000, to: now + 1_000, periodMs: 201_000 },
    );
    expect(figures.map(([figure]) => figure?.value)).toEqual([100, 100]);
  });
});
