/** A metric with its dimensions, as CloudWatch tells series apart. */
export interface SeriesName {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: { readonly [name: string]: string };
}

/** What one report says of a metric: values, and how often each was seen (once, where `counts` is absent), as in PutMetricData. */
export interface Datapoint {
  /** ms since 1970. */
  readonly at: number;
  readonly values: readonly number[];
  readonly counts?: readonly number[];
}

export interface MetricDatum extends SeriesName, Datapoint {
  /** CloudWatch's unit; absent: none. */
  readonly unit?: string;
}

/** `statistic`: Sum, Average, SampleCount, Minimum, Maximum, `p95`, or `PR(:x)`, the percentage of values that are at most x. */
export interface SeriesQuestion extends SeriesName {
  readonly statistic: string;
}

/** From `from` up to and without `to`, epoch ms, in whole periods. */
export interface MetricRange {
  readonly from: number;
  readonly to: number;
  readonly periodMs: number;
}

/** The figure of the period that begins at `at` (epoch ms). */
export interface MetricFigure {
  readonly at: number;
  readonly value: number;
}

/** Where metrics are kept: CloudWatch, or the memory of the embedded control plane. */
export interface Metrics {
  /** Datapoints that cannot be used are refused by the caller before. */
  put(data: readonly MetricDatum[]): Promise<void>;
  /** An answer for each question, oldest first; a period without data is not in it. */
  figures(questions: readonly SeriesQuestion[], range: MetricRange): Promise<readonly (readonly MetricFigure[])[]>;
}
