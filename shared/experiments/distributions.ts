import inverseErfc from '@stdlib/math-base-special-erfcinv';
import logGammaOf from '@stdlib/math-base-special-gammaln';
import betaCdf from '@stdlib/stats-base-dists-beta-cdf';
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import tCdf from '@stdlib/stats-base-dists-t-cdf';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';

/** P(Z > z). By symmetry, so that it keeps its relative accuracy far out, where 1 - cdf is 0. */
export const normalUpperTail = (z: number): number => normalCdf(-z, 0, 1);

/** The z with P(Z > z) = p: not from the library's normal quantile, which takes 1 - p and loses what is tiny. */
export const normalUpperQuantile = (p: number): number => Math.SQRT2 * inverseErfc(2 * p);

/** P(T > t) of Student's t. */
export const studentUpperTail = (t: number, degrees: number): number => tCdf(-t, degrees);

/** The t with P(T > t) = p. */
export const studentUpperQuantile = (p: number, degrees: number): number => -tQuantile(p, degrees);

/** P(X >= successes) of a binomial, through the incomplete beta function: exact, and accurate where it is tiny. */
export function binomialUpperTail(successes: number, trials: number, share: number): number {
  if (successes <= 0) return 1;
  if (successes > trials) return 0;
  return betaCdf(share, successes, trials - successes + 1);
}

export const logGamma = (x: number): number => logGammaOf(x);

export const logBeta = (a: number, b: number): number => logGammaOf(a) + logGammaOf(b) - logGammaOf(a + b);

/** The logarithm of n over k. */
export const logChoose = (n: number, k: number): number => logGammaOf(n + 1) - logGammaOf(k + 1) - logGammaOf(n - k + 1);
