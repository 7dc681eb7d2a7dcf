import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MetricDatum, MetricRange, Metrics, SeriesName } from '../../shared/ports/metrics.ts';

export interface MetricsUnderTest {
  readonly metrics: Metrics;
  /** Epoch ms. */
  now(): number;
  /** What it cannot do, by the names of cases, with the reason. */
  readonly leftOut?: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const MINUTE = 60_000;
let cases = 0;

/** What every keeper of metrics promises, run on each of them. Cases keep apart by series of their own. */
export function metricsContract(name: string, open: () => Promise<MetricsUnderTest>): void {
  describe(`metrics contract: ${name}`, () => {
    let opened: MetricsUnderTest;
    /** The beginning of a minute that is over, with as many after it. */
    let start: number;

    beforeAll(async () => {
      opened = await open();
      start = Math.floor(opened.now() / MINUTE) * MINUTE - 10 * MINUTE;
    });
    afterAll(async () => {
      await opened?.close();
    });

    const example = (title: string, run: () => Promise<void>) =>
      it(title, async (context) => {
        const reason = opened.leftOut?.[title];
        if (reason !== undefined) context.skip(reason);
        await run();
      });
    const series = (dimensions: SeriesName['dimensions'] = { arm: 'on' }): SeriesName => ({
      namespace: 'Contract',
      metric: `Metric${++cases}`,
      dimensions,
    });
    const put = (of: SeriesName, at: number, values: readonly number[], more: Partial<MetricDatum> = {}) =>
      opened.metrics.put([{ ...of, at: start + at, values, ...more }]);
    const range = (periods = 1, periodMs = MINUTE, from = 0): MetricRange => ({
      from: start + from,
      to: start + from + periods * periodMs,
      periodMs,
    });
    /** Figures with their times since the start. */
    const figures = async (of: SeriesName, statistic: string, over: MetricRange = range()) => {
      const [answer] = await opened.metrics.figures([{ ...of, statistic }], over);
      return (answer ?? []).map(({ at, value }) => [at - start, value]);
    };

    example('tells each statistic of all values of a period', async () => {
      const of = series();
      await put(of, 0, [4, 10]);
      await put(of, 59_000, [1]);
      const told = ['Sum', 'Average', 'SampleCount', 'Minimum', 'Maximum'].map((statistic) => figures(of, statistic));
      expect((await Promise.all(told)).flat()).toEqual([15, 5, 3, 1, 10].map((value) => [0, value]));
    });

    example('counts a value as often as it was seen', async () => {
      const of = series();
      await put(of, 0, [2, 100, 7], { counts: [3, 0, 1], unit: 'Milliseconds' });
      expect(await figures(of, 'SampleCount')).toEqual([[0, 4]]);
      expect(await figures(of, 'Sum')).toEqual([[0, 13]]);
      expect(await figures(of, 'Maximum')).toEqual([[0, 7]]);
    });

    example('tells percentiles', async () => {
      const of = series();
      const values = Array.from({ length: 101 }, (_, value) => value);
      await put(of, 1_000, values.slice(40));
      await put(of, 2_000, values.slice(0, 40).toReversed());
      expect(await Promise.all(['p5', 'p50', 'p95', 'p100'].map((statistic) => figures(of, statistic)))).toEqual(
        [5, 50, 95, 100].map((value) => [[0, value]]),
      );
    });

    example('tells how many percent of the values keep a limit', async () => {
      const of = series();
      await put(of, 0, [10, 20, 20.5, 400], { counts: [5, 1, 1, 1] });
      expect(await figures(of, 'PR(:20)')).toEqual([[0, 75]]);
      expect(await figures(of, 'PR(:9.99)')).toEqual([[0, 0]]);
      expect(await figures(of, 'PR(:400)')).toEqual([[0, 100]]);
    });

    example('answers by whole periods, oldest first, without those that have no data', async () => {
      const of = series();
      for (const at of [240_000, 10_000, 125_000, 179_999, 0]) await put(of, at, [1]);
      expect(await figures(of, 'Sum', range(5))).toEqual([
        [0, 2],
        [120_000, 2],
        [240_000, 1],
      ]);
      expect(await figures(of, 'Sum', range(3, 10_000))).toEqual([
        [0, 1],
        [10_000, 1],
      ]);
    });

    example('answers from the beginning of the range up to and without its end', async () => {
      const of = series();
      for (const at of [59_000, 60_000, 179_000, 180_000]) await put(of, at, [1]);
      expect(await figures(of, 'Sum', range(2, MINUTE, MINUTE))).toEqual([
        [60_000, 1],
        [120_000, 1],
      ]);
    });

    example('keeps series apart by namespace, name and dimensions', async () => {
      const of = series({ arm: 'on', service: 'search' });
      const others = [
        { ...of, namespace: 'Other' },
        { ...of, metric: `${of.metric}b` },
        { ...of, dimensions: { arm: 'off', service: 'search' } },
        { ...of, dimensions: { arm: 'on' } },
      ];
      for (const [index, other] of others.entries()) await put(other, 0, [index]);
      expect(await figures(of, 'SampleCount')).toEqual([]);
      await put(of, 0, [9]);
      expect(await figures({ ...of, dimensions: { service: 'search', arm: 'on' } }, 'Sum')).toEqual([[0, 9]]);
      for (const [index, other] of others.entries()) expect(await figures(other, 'Sum')).toEqual([[0, index]]);
    });

    example('takes many values of many series at once', async () => {
      const [one, other] = [series(), series()];
      const values = Array.from({ length: 400 }, (_, value) => value);
      const at = start + 1_000;
      const small = Array.from({ length: 1_200 }, () => ({ ...other, at, values: [1] }));
      await opened.metrics.put([{ ...one, at, values }, ...small]);
      expect(await figures(one, 'SampleCount')).toEqual([[0, 400]]);
      expect(await figures(one, 'Sum')).toEqual([[0, (399 * 400) / 2]]);
      expect(await figures(other, 'Sum')).toEqual([[0, 1_200]]);
    });

    example('answers many questions in their order', async () => {
      const all = Array.from({ length: 520 }, (_, index) => series({ arm: `${index}` }));
      await opened.metrics.put(all.map((of, index) => ({ ...of, at: start, values: [index] })));
      const answers = await opened.metrics.figures(
        [series(), ...all].map((of) => ({ ...of, statistic: 'Sum' })),
        range(),
      );
      expect(answers.map(([figure]) => figure?.value)).toEqual([undefined, ...all.map((_, index) => index)]);
    });

    example('answers nothing to nothing', async () => {
      await opened.metrics.put([]);
      expect(await opened.metrics.figures([], range())).toEqual([]);
      expect(await figures(series(), 'Sum', range(0))).toEqual([]);
    });
  });
}
