import { CloudWatchClient, GetMetricDataCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { CloudWatchMetrics } from '../../../../adapters/aws/cloudwatch-metrics.ts';
import { StoreRejectedError, StoreThrottledError, StoreUnansweredError } from '../../../../shared/errors/store-errors.ts';
import type { MetricDatum } from '../../../../shared/ports/metrics.ts';

const cloudWatch = mockClient(CloudWatchClient);
const now = Date.UTC(2026, 4, 4, 12, 0, 0);
const sleeps: number[] = [];
const clock = {
  now: () => now,
  sleep: async (ms: number) => {
    sleeps.push(ms);
  },
};
const metrics = new CloudWatchMetrics({
  client: new CloudWatchClient({ region: 'eu-west-1' }),
  clock,
  ids: { random: () => 0.5 },
});

const series = { namespace: 'Shop', metric: 'Latency', dimensions: { service: 'search', variation: 'on' } };
const datum = (values: readonly number[], more: Partial<MetricDatum> = {}): MetricDatum => ({
  ...series,
  at: now,
  values,
  ...more,
});
const sent = () => cloudWatch.commandCalls(PutMetricDataCommand).map((call) => call.args[0].input);
const asked = () => cloudWatch.commandCalls(GetMetricDataCommand).map((call) => call.args[0].input);
const range = { from: now - 60_000, to: now, periodMs: 10_000 };
const at = (ms: number) => new Date(range.from + ms);
const throttled = Object.assign(new Error('Rate exceeded'), { name: 'Throttling', $metadata: { httpStatusCode: 400 } });

beforeEach(() => {
  cloudWatch.reset();
  sleeps.length = 0;
});

describe('CloudWatchMetrics.put', () => {
  it('sends values and how often each was seen, of high resolution', async () => {
    cloudWatch.on(PutMetricDataCommand).resolves({});
    await metrics.put([datum([12.5, 14, 99], { counts: [3, 1, 0], unit: 'Milliseconds' }), datum([1])]);
    const common = {
      MetricName: 'Latency',
      Dimensions: [
        { Name: 'service', Value: 'search' },
        { Name: 'variation', Value: 'on' },
      ],
      Timestamp: new Date(now),
      StorageResolution: 1,
    };
    expect(sent()).toEqual([
      {
        Namespace: 'Shop',
        MetricData: [
          { ...common, Values: [12.5, 14], Counts: [3, 1], Unit: 'Milliseconds' },
          { ...common, Values: [1], Counts: [1] },
        ],
      },
    ]);
  });

  it('sends nothing for nothing', async () => {
    await metrics.put([]);
    await metrics.put([datum([]), datum([5], { counts: [0] })]);
    expect(sent()).toEqual([]);
  });

  it('sends one namespace at once, and at most 150 values in a datum', async () => {
    cloudWatch.on(PutMetricDataCommand).resolves({});
    const values = Array.from({ length: 400 }, (_, index) => index);
    await metrics.put([datum(values), datum([1], { namespace: 'Other' }), datum([2])]);
    expect(sent().map(({ Namespace, MetricData }) => [Namespace, MetricData?.length])).toEqual([
      ['Shop', 4],
      ['Other', 1],
    ]);
    expect(
      sent()[0]
        ?.MetricData?.slice(0, 3)
        .flatMap(({ Values }) => Values),
    ).toEqual(values);
  });

  it('sends at most 1,000 data and a megabyte at once', async () => {
    cloudWatch.on(PutMetricDataCommand).resolves({});
    await metrics.put(Array.from({ length: 2_500 }, () => datum([1])));
    expect(sent().map(({ MetricData }) => MetricData?.length)).toEqual([1_000, 1_000, 500]);
    cloudWatch.resetHistory();
    const long = Array.from({ length: 150 }, (_, index) => 1 / (index + 3));
    await metrics.put(Array.from({ length: 600 }, () => datum(long)));
    expect(sent().length).toBeGreaterThan(1);
    expect(sent().flatMap(({ MetricData }) => MetricData)).toHaveLength(600);
    for (const input of sent()) expect(JSON.stringify(input).length).toBeLessThan(1_000_000 + 1_000);
  });

  it('repeats what was throttled after growing pauses, and gives up in the end', async () => {
    cloudWatch.on(PutMetricDataCommand).rejectsOnce(throttled).rejectsOnce(throttled).resolves({});
    await metrics.put([datum([1])]);
    expect(sent()).toHaveLength(3);
    expect(sleeps).toEqual([187.5, 375]);
    cloudWatch.reset();
    cloudWatch.on(PutMetricDataCommand).rejects(throttled);
    await expect(metrics.put([datum([1])])).rejects.toBeInstanceOf(StoreThrottledError);
    expect(sent()).toHaveLength(6);
  });

  it('repeats nothing that may have come through', async () => {
    cloudWatch.on(PutMetricDataCommand).rejects(Object.assign(new Error(), { code: 'ECONNRESET' }));
    await expect(metrics.put([datum([1])])).rejects.toBeInstanceOf(StoreUnansweredError);
    cloudWatch.reset();
    const invalid = Object.assign(new Error('too large'), {
      name: 'InvalidParameterValueException',
      $metadata: { httpStatusCode: 400 },
    });
    cloudWatch.on(PutMetricDataCommand).rejects(invalid);
    await expect(metrics.put([datum([1e300])])).rejects.toBeInstanceOf(StoreRejectedError);
    expect(sent()).toHaveLength(1);
  });
});

describe('CloudWatchMetrics.figures', () => {
  it('asks for each statistic in ascending order of time', async () => {
    cloudWatch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [
        { Id: 'q1', StatusCode: 'Complete', Timestamps: [at(10_000)], Values: [40] },
        { Id: 'q0', StatusCode: 'Complete', Timestamps: [at(0), at(20_000)], Values: [1, 2] },
      ],
    });
    const figures = await metrics.figures(
      [
        { ...series, statistic: 'p95' },
        { ...series, statistic: 'PR(:0.0000001)' },
      ],
      range,
    );
    expect(figures).toEqual([
      [
        { at: range.from, value: 1 },
        { at: range.from + 20_000, value: 2 },
      ],
      [{ at: range.from + 10_000, value: 40 }],
    ]);
    const Metric = {
      Namespace: 'Shop',
      MetricName: 'Latency',
      Dimensions: [
        { Name: 'service', Value: 'search' },
        { Name: 'variation', Value: 'on' },
      ],
    };
    expect(asked()).toEqual([
      {
        MetricDataQueries: [
          { Id: 'q0', MetricStat: { Metric, Period: 10, Stat: 'p95' } },
          { Id: 'q1', MetricStat: { Metric, Period: 10, Stat: 'PR(:0.0000001)' } },
        ],
        StartTime: new Date(range.from),
        EndTime: new Date(range.to),
        ScanBy: 'TimestampAscending',
      },
    ]);
  });

  it('asks for the rest while there is a token', async () => {
    const result = (Timestamps: Date[], Values: number[], StatusCode: 'PartialData' | 'InternalError' | 'Complete') => ({
      MetricDataResults: [{ Id: 'q0', Timestamps, Values, StatusCode }],
    });
    cloudWatch
      .on(GetMetricDataCommand)
      .resolvesOnce({ ...result([at(0)], [1], 'PartialData'), NextToken: 'a' })
      .resolvesOnce({ ...result([], [], 'InternalError'), NextToken: 'b' })
      .resolvesOnce(result([at(10_000)], [2], 'Complete'));
    const figures = await metrics.figures([{ ...series, statistic: 'Sum' }], range);
    expect(figures[0]?.map(({ value }) => value)).toEqual([1, 2]);
    expect(asked().map(({ NextToken }) => NextToken)).toEqual([undefined, 'a', 'b']);
  });

  it('takes no part for the whole', async () => {
    const questions = [{ ...series, statistic: 'Sum' }];
    for (const StatusCode of ['PartialData', 'InternalError'] as const) {
      cloudWatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [{ Id: 'q0', StatusCode }] });
      await expect(metrics.figures(questions, range)).rejects.toBeInstanceOf(StoreUnansweredError);
    }
    cloudWatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [{ Id: 'q0', StatusCode: 'Forbidden' }] });
    await expect(metrics.figures(questions, range)).rejects.toBeInstanceOf(StoreRejectedError);
  });

  it('asks at most 500 questions at once, and keeps their order', async () => {
    cloudWatch
      .on(GetMetricDataCommand)
      .callsFake(({ MetricDataQueries }: { MetricDataQueries: { Id: string; MetricStat: { Stat: string } }[] }) => ({
        MetricDataResults: MetricDataQueries.map(({ Id, MetricStat }) => ({
          Id,
          StatusCode: 'Complete',
          Timestamps: [at(0)],
          Values: [Number(MetricStat.Stat.slice(1))],
        })),
      }));
    const questions = Array.from({ length: 1_100 }, (_, index) => ({ ...series, statistic: `p${index / 100}` }));
    const figures = await metrics.figures(questions, range);
    expect(asked().map(({ MetricDataQueries }) => MetricDataQueries?.length)).toEqual([500, 500, 100]);
    expect(figures.map(([figure]) => figure?.value)).toEqual(questions.map((_, index) => index / 100));
  });

  it('asks twice where the beginning is too old for short periods', async () => {
    cloudWatch.on(GetMetricDataCommand).callsFake(({ StartTime }: { StartTime: Date }) => ({
      MetricDataResults: [{ Id: 'q0', StatusCode: 'Complete', Timestamps: [StartTime], Values: [1] }],
    }));
    const [figures] = await metrics.figures([{ ...series, statistic: 'Sum' }], { ...range, from: now - 6 * 3_600_000 });
    expect(asked().map(({ MetricDataQueries }) => MetricDataQueries?.[0]?.MetricStat?.Period)).toEqual([60, 10]);
    expect(figures).toHaveLength(2);
  });

  it('answers nothing for each question over no time', async () => {
    expect(await metrics.figures([{ ...series, statistic: 'Sum' }], { ...range, to: range.from })).toEqual([[]]);
    expect(await metrics.figures([], range)).toEqual([]);
    expect(asked()).toEqual([]);
  });
});
