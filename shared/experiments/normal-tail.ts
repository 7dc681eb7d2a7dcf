import inverseErfc from '@stdlib/math-base-special-erfcinv';
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';

/** P(Z > z). By symmetry, so that it keeps its relative accuracy far out, where 1 - cdf is 0. */
export const normalUpperTail = (z: number): number => normalCdf(-z, 0, 1);

/** The z with P(Z > z) = p: not from the library's normal quantile, which takes 1 - p and loses what is tiny. */
export const normalUpperQuantile = (p: number): number => Math.SQRT2 * inverseErfc(2 * p);
