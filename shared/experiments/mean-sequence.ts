import type { Interval } from './interval.ts';
import { InvalidSampleError } from './invalid-sample-error.ts';
import { possibleSummary, type Summary } from './summary.ts';

export interface SequenceOptions {
  /** The chance that the interval ever leaves out the truth, however often one looks. */
  readonly alpha: number;
  /** The sample size, per arm, at which the interval is to be tightest. */
  readonly tightestAt: number;
  /** Neither arm is looked at before it has so many values: the asymptotics need them. */
  readonly least?: number;
}

const LEAST = 100;

/**
 * An always-valid interval for the difference of two means (treatment minus control): the asymptotic confidence sequence of
 * Waudby-Smith et al., Robbins' normal mixture over the estimate's variance. Null before `least` values in each arm.
 */
export function meanDifferenceSequence(control: Summary, treatment: Summary, options: SequenceOptions): Interval | null {
  const { alpha, tightestAt, least = LEAST } = options;
  if (!(alpha > 0 && alpha < 1) || !(tightestAt > 0))
    throw new InvalidSampleError('alpha lies between 0 and 1, tightestAt above 0');
  if (control.n < least || treatment.n < least) return null;
  possibleSummary('The control', control);
  possibleSummary('The treatment', treatment);
  const difference = treatment.mean - control.mean;
  const variance = control.variance / control.n + treatment.variance / treatment.n;
  if (variance === 0) return { low: difference, high: difference };
  // In units of the variance of one pair: time is how many pairs the estimate is worth.
  const pair = control.variance + treatment.variance;
  const time = pair / variance;
  const half = Math.sqrt(pair) * boundary(time, alpha, tightestAt);
  return { low: difference - half, high: difference + half };
}

/** The half-width at `time` for unit variance: sqrt((t + k) log((t + k) / (k a^2))) / t, with k so that it is tightest at `best`. */
function boundary(time: number, alpha: number, best: number): number {
  const spread = -2 * Math.log(alpha);
  const mixture = best / (spread + Math.log(spread + 1));
  return Math.sqrt((time + mixture) * Math.log((time + mixture) / (mixture * alpha ** 2))) / time;
}
