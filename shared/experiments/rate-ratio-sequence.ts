import type { Interval } from './interval.ts';
import { possibleCount } from './invalid-sample-error.ts';
import { logBeta } from './log-gamma.ts';
import type { Count } from './rate-shift.ts';

/** Jeffreys' prior: it has mass near both ends, where the shares of rare events lie. */
const PRIOR = 0.5;

/**
 * An always-valid interval for a share of successes: whoever looks after every trial, for ever, finds the true share
 * outside with chance `alpha` at most. Exact: Robbins' beta-binomial mixture, inverted.
 */
export function shareSequence(count: Count, alpha: number): Interval {
  possibleCount('The sample', count);
  const [hits, misses] = [count.events, count.total - count.events];
  if (count.total === 0) return { low: 0, high: 1 };
  const limit = logBeta(hits + PRIOR, misses + PRIOR) - logBeta(PRIOR, PRIOR) + Math.log(alpha);
  const likely = (share: number): boolean => term(hits, share) + term(misses, 1 - share) > limit;
  const best = hits / count.total;
  return { low: hits === 0 ? 0 : edge(0, best, likely), high: misses === 0 ? 1 : edge(1, best, likely) };
}

/**
 * An always-valid interval for the treatment's rate of events over the control's, while traffic is split at random in a
 * constant ratio. It rests on the events alone, so it is right for the rarest; for common ones it is wider than it need be.
 */
export function rateRatioSequence(control: Count, treatment: Count, alpha: number): Interval {
  possibleCount('The control', control);
  possibleCount('The treatment', treatment);
  const events = control.events + treatment.events;
  if (events === 0 || control.total === 0 || treatment.total === 0) return { low: 0, high: null };
  const { low, high } = shareSequence({ events: treatment.events, total: events }, alpha);
  const ratio = (share: number): number => ((share / (1 - share)) * control.total) / treatment.total;
  return { low: ratio(low ?? 0), high: high === null || high === 1 ? null : ratio(high) };
}

const term = (times: number, share: number): number => (times === 0 ? 0 : times * Math.log(share));

/** Where the likelihood, which falls from the best share on, leaves what is likely: to within rounding. */
function edge(outside: number, best: number, likely: (share: number) => boolean): number {
  let [out, inside] = [outside, best];
  for (let halving = 0; halving < 60 && Math.abs(inside - out) > 1e-13 * inside; halving += 1) {
    const middle = (out + inside) / 2;
    if (likely(middle)) inside = middle;
    else out = middle;
  }
  return out;
}
