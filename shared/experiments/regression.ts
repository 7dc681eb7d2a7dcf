import { type MannWhitneyResult, mannWhitney } from './mann-whitney.ts';

export interface RegressionOptions {
  /** Which values are bad. */
  readonly bad: 'high' | 'low';
  /** How rare luck must be: the chance of a false finding in one comparison. */
  readonly alpha: number;
  /** The relative change of the mean that is put up with. */
  readonly tolerance: number;
  /** `control`: the old path at the same time. `history`: the same metric before. */
  readonly against: 'control' | 'history';
}

export interface Regression {
  /** `suspected` is the most that history alone can say: other things have changed since. */
  readonly finding: 'regression' | 'suspected' | 'none' | 'too-little-data';
  readonly test: MannWhitneyResult;
  /** (mean of the candidate - mean of the baseline) / |mean of the baseline|; null where that mean is 0. */
  readonly change: number | null;
  /** One sentence for a person. */
  readonly sentence: string;
}

/** With 4 against 4 the rarest outcome has chance 1/70; fewer can prove nothing. */
const LEAST = 4;

/**
 * Whether a metric's windows got worse than its baseline's. The ranks decide whether the two differ (exactly, ties or not:
 * seven windows of 100 and three of 1, against ten of 1, are a difference, though a baseline that never varies has no
 * spread to scale by and the interval of the median's shift reaches 0), the means whether it matters.
 */
export function detectRegression(
  baseline: readonly number[],
  candidate: readonly number[],
  options: RegressionOptions,
): Regression {
  const test = options.bad === 'high' ? mannWhitney(baseline, candidate) : mannWhitney(negative(baseline), negative(candidate));
  const [was, is] = [mean(baseline), mean(candidate)];
  const change = was === 0 ? null : (is - was) / Math.abs(was);
  const worsening = options.bad === 'high' ? is - was : was - is;
  const isMaterial = worsening > options.tolerance * Math.abs(was);
  const finding = findingOf();
  const figures = `mean ${figure(is)} against ${figure(was)} ${options.against === 'control' ? 'on the control' : 'before'}`;
  const luck = `luck alone does that with chance ${test.pGreater.toExponential(1)}`;
  return { finding, test, change, sentence: `${SAID[finding]}: ${figures}; ${luck}.` };

  function findingOf(): Regression['finding'] {
    if (Math.min(baseline.length, candidate.length) < LEAST) return 'too-little-data';
    if (!isMaterial || test.pGreater > options.alpha) return 'none';
    return options.against === 'control' ? 'regression' : 'suspected';
  }
}

const SAID: Readonly<Record<Regression['finding'], string>> = {
  regression: 'It got worse',
  suspected: 'It may have got worse',
  none: 'It did not get worse',
  'too-little-data': 'There is too little data to tell',
};

const negative = (values: readonly number[]): number[] => values.map((value) => -value);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const figure = (value: number): number => Number(value.toPrecision(3));
