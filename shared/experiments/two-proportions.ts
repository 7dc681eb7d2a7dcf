import type { Interval } from './interval.ts';
import { InvalidSampleError, possibleCount } from './invalid-sample-error.ts';
import { logChoose } from './log-gamma.ts';
import { normalUpperQuantile, normalUpperTail } from './normal-tail.ts';
import type { Count } from './rate-shift.ts';

export interface TwoProportionsResult {
  /** Treatment minus control, as shares. */
  readonly difference: number;
  /** Of a difference in either direction. */
  readonly p: number;
  /** Of a treatment that is greater. */
  readonly pGreater: number;
  /** Newcombe's hybrid score interval, which neither leaves [-1, 1] nor vanishes at 0 of n. */
  readonly interval: Interval;
  readonly method: 'normal' | 'exact';
}

/** Below this expected count in any cell the normal approximation is not to be trusted: Fisher's exact test is used. */
const LEAST_EXPECTED = 5;

/**
 * Two shares: the z-test with the pooled variance (the null says that they are equal), or Fisher's exact test where counts
 * are small. For one look; for many, `rateRatioSequence`.
 */
export function twoProportions(control: Count, treatment: Count, alpha = 0.05): TwoProportionsResult {
  possibleCount('The control', control);
  possibleCount('The treatment', treatment);
  if (control.total === 0 || treatment.total === 0) throw new InvalidSampleError('A share needs at least one trial in each arm');
  const events = control.events + treatment.events;
  const trials = control.total + treatment.total;
  const smaller = (Math.min(events, trials - events) * Math.min(control.total, treatment.total)) / trials;
  const isExact = smaller < LEAST_EXPECTED && [control, treatment].every(isWhole);
  return {
    difference: treatment.events / treatment.total - control.events / control.total,
    ...(isExact ? fisher(control, treatment) : pooled(control, treatment)),
    interval: newcombe(control, treatment, alpha),
    method: isExact ? 'exact' : 'normal',
  };
}

const isWhole = ({ events, total }: Count): boolean => Number.isInteger(events) && Number.isInteger(total);

type Chances = Pick<TwoProportionsResult, 'p' | 'pGreater'>;

function pooled(control: Count, treatment: Count): Chances {
  const share = (control.events + treatment.events) / (control.total + treatment.total);
  const error = Math.sqrt(share * (1 - share) * (1 / control.total + 1 / treatment.total));
  if (error === 0) return { p: 1, pGreater: 0.5 };
  const z = (treatment.events / treatment.total - control.events / control.total) / error;
  return { p: Math.min(1, 2 * normalUpperTail(Math.abs(z))), pGreater: normalUpperTail(z) };
}

/** Sums the hypergeometric probabilities of all tables that are as rare; two-sided as R and SciPy do. */
function fisher(control: Count, treatment: Count): Chances {
  const events = control.events + treatment.events;
  const trials = control.total + treatment.total;
  const all = logChoose(trials, events);
  const chance = (hits: number): number =>
    Math.exp(logChoose(treatment.total, hits) + logChoose(control.total, events - hits) - all);
  const observed = chance(treatment.events);
  let [p, pGreater] = [0, 0];
  for (let hits = Math.max(0, events - control.total); hits <= Math.min(events, treatment.total); hits += 1) {
    const here = chance(hits);
    // Tables that are equally rare must not fall out by rounding.
    if (here <= observed * (1 + 1e-7)) p += here;
    if (hits >= treatment.events) pGreater += here;
  }
  return { p: Math.min(1, p), pGreater: Math.min(1, pGreater) };
}

function newcombe(control: Count, treatment: Count, alpha: number): Interval {
  const z = normalUpperQuantile(alpha / 2);
  const [c, t] = [wilson(control, z), wilson(treatment, z)];
  const difference = t.share - c.share;
  return {
    low: difference - Math.hypot(t.share - t.low, c.high - c.share),
    high: difference + Math.hypot(t.high - t.share, c.share - c.low),
  };
}

function wilson({ events, total }: Count, z: number): { share: number; low: number; high: number } {
  const share = events / total;
  const scale = 1 + z ** 2 / total;
  const centre = (share + z ** 2 / (2 * total)) / scale;
  const half = (z * Math.sqrt((share * (1 - share)) / total + z ** 2 / (4 * total ** 2))) / scale;
  return { share, low: events === 0 ? 0 : centre - half, high: events === total ? 1 : centre + half };
}
