import {
  type CloudWatchClient,
  type MetricDatum as Datum,
  GetMetricDataCommand,
  type MetricDataQuery,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { StoreRejectedError, StoreUnansweredError } from '../../shared/errors/store-errors.ts';
import type { MetricDatum, MetricFigure, MetricRange, Metrics, SeriesName, SeriesQuestion } from '../../shared/ports/metrics.ts';
import { metricSpans } from './metric-spans.ts';
import { type RepeatDeps, repeatThrottled } from './repeat-throttled.ts';

export interface CloudWatchMetricsOptions extends RepeatDeps {
  readonly client: CloudWatchClient;
}

/** CloudWatch's limits on one request: data, bytes of JSON (with room for the namespace), and queries. */
const DATA = 1_000;
const BYTES = 1_000_000;
const QUERIES = 500;
/** And on one datum. */
const VALUES = 150;

/**
 * Metrics in CloudWatch. Failures are those of the store. All data are of high resolution: it costs nothing more to send, and
 * whether alarms and verdicts look every 10 s is decided elsewhere, and later.
 */
export class CloudWatchMetrics implements Metrics {
  readonly #client: CloudWatchClient;
  readonly #deps: RepeatDeps;

  constructor({ client, clock, ids }: CloudWatchMetricsOptions) {
    this.#client = client;
    this.#deps = { clock, ids };
  }

  /** After an error some of the data may be in, and CloudWatch counts what is sent twice twice. */
  async put(data: readonly MetricDatum[]): Promise<void> {
    for (const [namespace, of] of byNamespace(data)) {
      for (const batch of batches(of.flatMap(toData))) {
        const command = new PutMetricDataCommand({ Namespace: namespace, MetricData: batch });
        await repeatThrottled(this.#deps, `Sending ${batch.length} metrics`, () => this.#client.send(command));
      }
    }
  }

  /** Where CloudWatch has no such periods any more, longer ones answer: metric-spans.ts has the rule. */
  async figures(questions: readonly SeriesQuestion[], range: MetricRange): Promise<readonly (readonly MetricFigure[])[]> {
    const answers = questions.map((): MetricFigure[] => []);
    const spans = metricSpans(range, this.#deps.clock.now());
    for (const span of spans) {
      for (let first = 0; first < questions.length; first += QUERIES) {
        await this.#ask(questions.slice(first, first + QUERIES), span, answers.slice(first, first + QUERIES));
      }
    }
    return answers;
  }

  async #ask(questions: readonly SeriesQuestion[], span: MetricRange, answers: readonly MetricFigure[][]): Promise<void> {
    const status = questions.map((): string | undefined => undefined);
    let token: string | undefined;
    do {
      const command = new GetMetricDataCommand({
        MetricDataQueries: questions.map((question, index) => queryOf(question, index, span.periodMs)),
        StartTime: new Date(span.from),
        EndTime: new Date(span.to),
        ScanBy: 'TimestampAscending',
        ...(token === undefined ? {} : { NextToken: token }),
      });
      const what = `Reading ${questions.length} metrics`;
      const answer = await repeatThrottled(this.#deps, what, () => this.#client.send(command));
      for (const { Id, StatusCode, Timestamps = [], Values = [] } of answer.MetricDataResults ?? []) {
        const index = Number(Id?.slice(1));
        status[index] = StatusCode;
        Timestamps.forEach((at, place) => {
          const value = Values[place];
          if (value !== undefined) answers[index]?.push({ at: at.getTime(), value });
        });
      }
      token = answer.NextToken;
    } while (token !== undefined);
    for (const [index, question] of questions.entries()) checkWhole(question, status[index]);
  }
}

/** A figure that could not be read must not pass for one that is not there. */
function checkWhole({ namespace, metric }: SeriesQuestion, status: string | undefined): void {
  if (status === 'Forbidden') {
    throw new StoreRejectedError(`Reading ${namespace} ${metric} was refused.`, {
      next: 'Grant cloudwatch:GetMetricData to the role that made the request.',
    });
  }
  if (status !== undefined && status !== 'Complete') {
    throw new StoreUnansweredError(`Reading ${namespace} ${metric} ended with ${status}.`, { next: 'Read it again.' });
  }
}

const queryOf = (question: SeriesQuestion, index: number, periodMs: number): MetricDataQuery => ({
  Id: `q${index}`,
  MetricStat: { Metric: metricOf(question), Period: periodMs / 1000, Stat: statOf(question.statistic) },
});

/** CloudWatch's names of a series. */
export const metricOf = ({ namespace, metric, dimensions }: SeriesName) => ({
  Namespace: namespace,
  MetricName: metric,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});

/** CloudWatch reads no exponents, and ten decimals at most. */
const statOf = (statistic: string): string =>
  statistic.replace(/^PR\(:(.+)\)$/, (_, limit: string) => {
    const plain = Number(limit).toLocaleString('en', { useGrouping: false, maximumFractionDigits: 10 });
    return `PR(:${plain})`;
  });

function byNamespace(data: readonly MetricDatum[]): ReadonlyMap<string, readonly MetricDatum[]> {
  return Map.groupBy(data, ({ namespace }) => namespace);
}

/** One datum, or several where it has more values than CloudWatch takes in one; what was never seen is left out. */
function toData({ namespace, metric, dimensions, at, values, counts, unit }: MetricDatum): Datum[] {
  const seen = values.map((value, index) => ({ value, count: counts?.[index] ?? 1 })).filter(({ count }) => count > 0);
  const { MetricName, Dimensions } = metricOf({ namespace, metric, dimensions });
  const data: Datum[] = [];
  for (let first = 0; first < seen.length; first += VALUES) {
    const part = seen.slice(first, first + VALUES);
    data.push({
      MetricName,
      Dimensions,
      Timestamp: new Date(at),
      Values: part.map(({ value }) => value),
      Counts: part.map(({ count }) => count),
      StorageResolution: 1,
      ...(unit === undefined ? {} : { Unit: unit as NonNullable<Datum['Unit']> }),
    });
  }
  return data;
}

function batches(data: readonly Datum[]): Datum[][] {
  const filled: Datum[][] = [];
  let room = { data: 0, bytes: 0 };
  for (const datum of data) {
    const bytes = Buffer.byteLength(JSON.stringify(datum)) + 1;
    if (room.data < 1 || room.bytes < bytes) {
      filled.push([]);
      room = { data: DATA, bytes: BYTES };
    }
    filled.at(-1)?.push(datum);
    room = { data: room.data - 1, bytes: room.bytes - bytes };
  }
  return filled;
}
