import logGammaOf from '@stdlib/math-base-special-gammaln';

export const logGamma = (x: number): number => logGammaOf(x);

export const logBeta = (a: number, b: number): number => logGammaOf(a) + logGammaOf(b) - logGammaOf(a + b);

/** The logarithm of n over k. */
export const logChoose = (n: number, k: number): number => logGammaOf(n + 1) - logGammaOf(k + 1) - logGammaOf(n - k + 1);
