import betaCdf from '@stdlib/stats-base-dists-beta-cdf';

/** P(X >= successes) of a binomial, through the incomplete beta function: exact, and accurate where it is tiny. */
export function binomialUpperTail(successes: number, trials: number, share: number): number {
  if (successes <= 0) return 1;
  if (successes > trials) return 0;
  return betaCdf(share, successes, trials - successes + 1);
}
