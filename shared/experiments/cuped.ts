import { finiteValues, InvalidSampleError } from './invalid-sample-error.ts';

/** One subject: the metric, and what was known of the subject before the experiment (mostly the same metric). */
export interface Observation {
  readonly value: number;
  readonly before: number;
}

export interface CupedResult {
  readonly control: readonly number[];
  readonly treatment: readonly number[];
  readonly theta: number;
  /** The share of the variance that is gone: 0 where the past says nothing. */
  readonly reduction: number;
}

/**
 * CUPED (Deng et al. 2013): takes out of each value what the past predicts. The means' difference keeps its expectation, its
 * variance shrinks; the adjusted values go into `welch` or `meanDifferenceSequence`. One theta for both arms.
 */
export function cuped(control: readonly Observation[], treatment: readonly Observation[]): CupedResult {
  const all = [...control, ...treatment];
  if (control.length < 2 || treatment.length < 2) throw new InvalidSampleError('CUPED needs at least 2 subjects in each arm');
  finiteValues(
    'The metric',
    all.map(({ value }) => value),
    4,
  );
  finiteValues(
    'The past',
    all.map(({ before }) => before),
    4,
  );
  const pastMean = all.reduce((sum, { before }) => sum + before, 0) / all.length;
  const sums = [centred(control), centred(treatment)];
  const total = (key: keyof Moments): number => sums.reduce((sum, moments) => sum + moments[key], 0);
  const [covariance, pastVariance, variance] = [total('product'), total('before'), total('value')];
  const theta = pastVariance === 0 ? 0 : covariance / pastVariance;
  const adjusted = (of: readonly Observation[]): number[] => of.map(({ value, before }) => value - theta * (before - pastMean));
  const reduction = pastVariance === 0 || variance === 0 ? 0 : covariance ** 2 / (pastVariance * variance);
  return { control: adjusted(control), treatment: adjusted(treatment), theta, reduction };
}

interface Moments {
  readonly value: number;
  readonly before: number;
  readonly product: number;
}

/** Around each arm's own means, so that the treatment's effect is no part of the covariance. */
function centred(of: readonly Observation[]): Moments {
  const mean = (key: keyof Observation): number => of.reduce((sum, observation) => sum + observation[key], 0) / of.length;
  const [value, before] = [mean('value'), mean('before')];
  return of.reduce<Moments>(
    (sum, one) => ({
      value: sum.value + (one.value - value) ** 2,
      before: sum.before + (one.before - before) ** 2,
      product: sum.product + (one.value - value) * (one.before - before),
    }),
    { value: 0, before: 0, product: 0 },
  );
}
