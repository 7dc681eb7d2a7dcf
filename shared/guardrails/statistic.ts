import type { Datapoint } from './datapoint.ts';

/** One figure of one period, and how many samples it rests on. */
export interface Figure {
  readonly value: number;
  readonly sample: number;
}

/**
 * The statistic of all values of a period, by CloudWatch's names; null where there are none. A percentile is the smallest
 * value that so many percent of all values do not exceed (nearest rank), so it is always a value that was seen.
 */
export function statisticOf(statistic: string, datapoints: readonly Datapoint[]): Figure | null {
  const weighted = datapoints.flatMap(({ values, counts }) =>
    values.map((value, index) => ({ value, count: counts?.[index] ?? 1 })),
  );
  const seen = weighted.filter(({ count }) => count > 0);
  const sample = seen.reduce((sum, { count }) => sum + count, 0);
  if (sample === 0) return null;
  const sum = (): number => seen.reduce((total, { value, count }) => total + value * count, 0);
  const figure = (value: number): Figure => ({ value, sample });
  if (statistic === 'Sum') return figure(sum());
  if (statistic === 'Average') return figure(sum() / sample);
  if (statistic === 'SampleCount') return figure(sample);
  const sorted = seen.sort((one, other) => one.value - other.value);
  if (statistic === 'Minimum') return figure(sorted[0]?.value ?? Number.NaN);
  if (statistic === 'Maximum') return figure(sorted.at(-1)?.value ?? Number.NaN);
  return figure(atRank(sorted, (percentileOf(statistic) ?? Number.NaN) * sample));
}

/** `p99.9` as 0.999; undefined for other statistics. */
export function percentileOf(statistic: string): number | undefined {
  return statistic.startsWith('p') ? Number(statistic.slice(1)) / 100 : undefined;
}

/** What CloudWatch asks for before it trusts a percentile: 10 samples on the thin side of it. */
export function samplesForPercentile(percentile: number): number {
  return Math.ceil(10 / Math.min(percentile, 1 - percentile) - 1e-9);
}

function atRank(sorted: readonly { value: number; count: number }[], rank: number): number {
  let below = 0;
  for (const { value, count } of sorted) {
    below += count;
    // Rounding must not push p99 of 100 values to the 100th.
    if (below >= rank - 1e-9 * rank) return value;
  }
  return sorted.at(-1)?.value ?? Number.NaN;
}
