import type { Datapoint } from '../ports/metrics.ts';
import { valueAtRank } from './value-at-rank.ts';

/** One figure of one period, and how many samples it rests on. */
export interface Figure {
  readonly value: number;
  readonly sample: number;
}

/**
 * The statistic of all values of a period, by CloudWatch's names; null where there are none. A percentile is the smallest
 * value that so many percent of all values do not exceed (nearest rank), so it is always a value that was seen; `PR(:x)`
 * is the percentage of values that are at most x.
 */
export function statisticOf(statistic: string, datapoints: readonly Datapoint[]): Figure | null {
  const seen = { sample: 0, sum: 0, least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY, within: 0 };
  const limit = rankedOf(statistic) ?? Number.NEGATIVE_INFINITY;
  each(datapoints, (value, count) => {
    seen.sample += count;
    seen.sum += value * count;
    if (value < seen.least) seen.least = value;
    if (value > seen.most) seen.most = value;
    if (value <= limit) seen.within += count;
  });
  if (seen.sample === 0) return null;
  return { value: figureOf(statistic, datapoints, seen), sample: seen.sample };
}

function figureOf(
  statistic: string,
  datapoints: readonly Datapoint[],
  seen: { readonly sample: number; sum: number; least: number; most: number; within: number },
): number {
  switch (statistic) {
    case 'Sum':
      return seen.sum;
    case 'Average':
      return seen.sum / seen.sample;
    case 'SampleCount':
      return seen.sample;
    case 'Minimum':
      return seen.least;
    case 'Maximum':
      return seen.most;
  }
  if (rankedOf(statistic) !== undefined) return (100 * seen.within) / seen.sample;
  return atRank(datapoints, (percentileOf(statistic) ?? Number.NaN) * seen.sample);
}

/** What was seen at least once; statistics that need no order take no copy of it. */
function each(datapoints: readonly Datapoint[], visit: (value: number, count: number) => void): void {
  for (const { values, counts } of datapoints) {
    for (let index = 0; index < values.length; index++) {
      const count = counts?.[index] ?? 1;
      if (count > 0) visit(values[index] ?? Number.NaN, count);
    }
  }
}

/** The x of `PR(:x)`. */
function rankedOf(statistic: string): number | undefined {
  const [, limit] = /^PR\(:(.+)\)$/.exec(statistic) ?? [];
  return limit === undefined ? undefined : Number(limit);
}

/** `p99.9` as 0.999; undefined for other statistics. */
export function percentileOf(statistic: string): number | undefined {
  return statistic.startsWith('p') ? Number(statistic.slice(1)) / 100 : undefined;
}

/** What CloudWatch asks for before it trusts a percentile: 10 samples on the thin side of it. */
export function samplesForPercentile(percentile: number): number {
  return Math.ceil(10 / Math.min(percentile, 1 - percentile) - 1e-9);
}

function atRank(datapoints: readonly Datapoint[], rank: number): number {
  const most = datapoints.reduce((sum, { values }) => sum + values.length, 0);
  const seen = { values: new Float64Array(most), counts: new Float64Array(most) };
  let length = 0;
  each(datapoints, (value, count) => {
    seen.values[length] = value;
    seen.counts[length++] = count;
  });
  const weighted = { values: seen.values.subarray(0, length), counts: seen.counts.subarray(0, length) };
  // Rounding must not push p99 of 100 values to the 100th.
  return valueAtRank(weighted, rank - 1e-9 * rank);
}
