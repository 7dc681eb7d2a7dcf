import type { Interval } from './interval.ts';
import { studentUpperQuantile, studentUpperTail } from './student-tail.ts';
import { possibleSummary, type Summary } from './summary.ts';

export interface WelchResult {
  /** Treatment minus control. */
  readonly difference: number;
  readonly t: number;
  readonly degrees: number;
  /** Of a difference in either direction. */
  readonly p: number;
  /** Of a treatment that is greater. */
  readonly pGreater: number;
  readonly interval: Interval;
}

/** Welch's t-test of two means whose variances may differ. For one look; for many, `meanDifferenceSequence`. */
export function welch(control: Summary, treatment: Summary, alpha = 0.05): WelchResult {
  possibleSummary('The control', control);
  possibleSummary('The treatment', treatment);
  const difference = treatment.mean - control.mean;
  const [a, b] = [control.variance / control.n, treatment.variance / treatment.n];
  if (a + b === 0) return constant(difference, control.n + treatment.n - 2);
  const degrees = (a + b) ** 2 / (a ** 2 / (control.n - 1) + b ** 2 / (treatment.n - 1));
  const error = Math.sqrt(a + b);
  const t = difference / error;
  const half = studentUpperQuantile(alpha / 2, degrees) * error;
  return {
    difference,
    t,
    degrees,
    p: Math.min(1, 2 * studentUpperTail(Math.abs(t), degrees)),
    pGreater: studentUpperTail(t, degrees),
    interval: { low: difference - half, high: difference + half },
  };
}

/** Neither sample varies: equal means are equal, others differ for certain. */
function constant(difference: number, degrees: number): WelchResult {
  const isEqual = difference === 0;
  return {
    difference,
    t: isEqual ? 0 : Math.sign(difference) * Number.POSITIVE_INFINITY,
    degrees,
    p: isEqual ? 1 : 0,
    pGreater: isEqual ? 0.5 : difference > 0 ? 0 : 1,
    interval: { low: difference, high: difference },
  };
}
