import { finiteValues, InvalidSampleError } from './invalid-sample-error.ts';

/** All that Welch's test needs of a sample; summaries of parts merge into that of the whole. `variance` is the sample's (n - 1). */
export interface Summary {
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
}

export function summaryOf(values: readonly number[]): Summary {
  finiteValues('The sample', values, 2);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  // The second sum is 0 but for rounding, which it takes back out (Chan, Golub and LeVeque).
  const [squares, rest] = values.reduce(([two, one], value) => [two + (value - mean) ** 2, one + (value - mean)], [0, 0]);
  return { n: values.length, mean, variance: (squares - rest ** 2 / values.length) / (values.length - 1) };
}

/** The summary of both samples together. */
export function merged(one: Summary, other: Summary): Summary {
  const n = one.n + other.n;
  const delta = other.mean - one.mean;
  const squares = one.variance * (one.n - 1) + other.variance * (other.n - 1) + (delta ** 2 * one.n * other.n) / n;
  return { n, mean: one.mean + (delta * other.n) / n, variance: squares / (n - 1) };
}

export function possibleSummary(what: string, { n, mean, variance }: Summary): void {
  if (n >= 2 && Number.isFinite(n) && Number.isFinite(mean) && Number.isFinite(variance) && variance >= 0) return;
  throw new InvalidSampleError(`${what} has n ${n}, mean ${mean} and variance ${variance}; at least 2 finite values are needed`);
}
