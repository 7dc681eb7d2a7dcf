import tCdf from '@stdlib/stats-base-dists-t-cdf';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';

/** P(T > t) of Student's t. By symmetry, so that it keeps its relative accuracy far out. */
export const studentUpperTail = (t: number, degrees: number): number => tCdf(-t, degrees);

/** The t with P(T > t) = p. */
export const studentUpperQuantile = (p: number, degrees: number): number => -tQuantile(p, degrees);
