import type { GetMetricDataInput } from '@aws-sdk/client-cloudwatch';
import { type ClientOptions, cloudWatchClient } from '../adapters/aws/clients.ts';
import { CloudWatchMetrics } from '../adapters/aws/cloudwatch-metrics.ts';
import { systemIds } from '../adapters/embedded/system-ids.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Metrics } from '../shared/ports/metrics.ts';
import type { Meter } from './meter.ts';

/** Statistics of one series that CloudWatch answers at the price of one metric, within one request. */
const STATISTICS_OF_A_METRIC = 5;
const ANY = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };

type Queries = NonNullable<GetMetricDataInput['MetricDataQueries']>;

/** The metrics of the embedded plane, asked through the adapter for CloudWatch, whose requests are counted as they leave. */
export function meteredCloudWatch(inner: Metrics, clock: Clock, meter: Meter): Metrics {
  const answer = async ({ input }: { readonly input: unknown }) => {
    const { MetricDataQueries = [], StartTime = new Date(0), EndTime = new Date(0) } = input as GetMetricDataInput;
    meter.metricsAsked(metricsIn(MetricDataQueries));
    const range = { from: StartTime.getTime(), to: EndTime.getTime() };
    const results = MetricDataQueries.map(async (query) => {
      const [figures = []] = await inner.figures([questionOf(query)], {
        ...range,
        periodMs: (query.MetricStat?.Period ?? Number.NaN) * 1000,
      });
      const Timestamps = figures.map(({ at }) => new Date(at));
      return { Id: query.Id, StatusCode: 'Complete', Timestamps, Values: figures.map(({ value }) => value) };
    });
    return { output: { MetricDataResults: await Promise.all(results) } };
  };
  const around = answer as unknown as NonNullable<ClientOptions['around']>;
  const client = cloudWatchClient({ region: 'us-east-1', credentials: ANY, around });
  const asked = new CloudWatchMetrics({ client, clock, ids: systemIds() });
  return { put: (data) => inner.put(data), figures: (questions, range) => asked.figures(questions, range) };
}

/** What a request is charged for. */
function metricsIn(queries: Queries): number {
  const series = Map.groupBy(queries, ({ MetricStat }) => JSON.stringify(MetricStat?.Metric));
  return [...series.values()].reduce((sum, { length }) => sum + Math.ceil(length / STATISTICS_OF_A_METRIC), 0);
}

function questionOf({ MetricStat }: Queries[number]) {
  const { Metric: { Namespace = '', MetricName = '', Dimensions = [] } = {}, Stat = '' } = MetricStat ?? {};
  const dimensions = Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value]));
  return { namespace: Namespace, metric: MetricName, dimensions, statistic: Stat };
}
