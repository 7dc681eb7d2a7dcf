import type { Interval } from './interval.ts';
import { meanDifferenceSequence } from './mean-sequence.ts';
import { rateRatioSequence } from './rate-ratio-sequence.ts';
import type { Count } from './rate-shift.ts';
import { sampleRatio } from './sample-ratio.ts';
import type { Summary } from './summary.ts';
import { type Check, type Verdict, verdictOf } from './verdict.ts';

interface Of<Kind extends string, Sample> {
  readonly name: string;
  readonly kind: Kind;
  readonly better: 'higher' | 'lower';
  /** The experiment is for this one: promoted only once it is better for certain. Any other must only not be worse. */
  readonly primary: boolean;
  readonly control: Sample;
  readonly treatment: Sample;
}

export type Measure = Of<'mean', Summary> | Of<'conversion', Count>;

export interface ExperimentState {
  /** Subjects in each cohort, and the shares that they were to have. */
  readonly exposures: { readonly control: number; readonly treatment: number };
  readonly shares: { readonly control: number; readonly treatment: number };
  /** What each cohort needs. */
  readonly minSample: number;
  readonly measures: readonly Measure[];
  /** The chance of any false finding in the whole experiment, at all looks and over all measures. */
  readonly alpha: number;
}

const SPLIT_ALPHA = 1e-4;

/**
 * Whether the treatment is better (promote), worse in any measure (rollback), or not known yet (hold). Every interval is always
 * valid, so it may be asked at any time and as often as one likes.
 */
export function judgeExperiment(experiment: ExperimentState): Verdict {
  return verdictOf([
    sampleCheck(experiment),
    splitCheck(experiment),
    ...experiment.measures.map((measure) => measureCheck(measure, experiment)),
  ]);
}

function sampleCheck({ exposures, minSample }: ExperimentState): Check {
  const least = Math.min(exposures.control, exposures.treatment);
  const enough = least >= minSample && Number.isFinite(exposures.control + exposures.treatment);
  const sentence = enough
    ? `Each cohort has the ${minSample} subjects that it needs.`
    : exposures.control + exposures.treatment === 0
      ? 'The experiment has no traffic.'
      : `The smaller cohort has ${least} of ${minSample} subjects.`;
  return { ...check('sample', exposures), outcome: enough ? 'pass' : 'hold', value: least, limit: minSample, sentence };
}

function splitCheck({ exposures, shares }: ExperimentState): Check {
  const { control, treatment } = exposures;
  const isPossible = control >= 0 && treatment >= 0 && Number.isFinite(control + treatment);
  if (!isPossible) {
    return { ...check('split', exposures), outcome: 'hold', sentence: `Cohorts of ${control} and ${treatment} cannot be.` };
  }
  const { mismatch, p } = sampleRatio([control, treatment], [shares.control, shares.treatment], SPLIT_ALPHA);
  const sentence = `The cohorts have ${control} and ${treatment} subjects, ${shares.control} to ${shares.treatment} intended`;
  return {
    ...check('split', exposures),
    outcome: mismatch ? 'hold' : 'pass',
    value: p,
    limit: SPLIT_ALPHA,
    sentence: mismatch ? `${sentence}: the split is broken, and no comparison can be trusted.` : `${sentence}.`,
  };
}

function measureCheck(measure: Measure, { measures, alpha, minSample }: ExperimentState): Check {
  const { name, better, primary } = measure;
  const { interval, value, none, sample, what } = compared(measure, alpha / measures.length, minSample);
  const isAbove = interval !== null && interval.low !== null && interval.low > none;
  const isBelow = interval !== null && interval.high !== null && interval.high < none;
  const [isBetter, isWorse] = better === 'higher' ? [isAbove, isBelow] : [isBelow, isAbove];
  const finding = isBetter ? 'better' : isWorse ? 'worse' : 'not known to differ';
  return {
    ...check(name, sample),
    outcome: isWorse ? 'rollback' : primary && !isBetter ? 'hold' : 'pass',
    value,
    limit: none,
    interval,
    sentence: `${name} is ${finding}: ${what} ${value === null ? 'not known yet' : figure(value)}${interval === null ? '' : `, between ${end(interval.low)} and ${end(interval.high)}`}.`,
  };
}

interface Compared {
  readonly interval: Interval | null;
  readonly value: number | null;
  /** The value of no difference. */
  readonly none: number;
  readonly sample: Check['sample'];
  readonly what: string;
}

function compared(measure: Measure, alpha: number, tightestAt: number): Compared {
  if (measure.kind === 'mean') {
    const { control, treatment } = measure;
    return {
      interval: meanDifferenceSequence(control, treatment, { alpha, tightestAt }),
      value: treatment.mean - control.mean,
      none: 0,
      sample: { control: control.n, treatment: treatment.n },
      what: 'a difference of',
    };
  }
  const { control, treatment } = measure;
  const rate = ({ events, total }: Count): number => events / total;
  const ratio = rate(treatment) / rate(control);
  return {
    interval: rateRatioSequence(control, treatment, alpha),
    value: Number.isFinite(ratio) ? ratio : null,
    none: 1,
    sample: { control: control.total, treatment: treatment.total },
    what: 'a ratio of',
  };
}

const check = (name: string, sample: Check['sample']) => ({ name, sample, value: null, limit: null, interval: null });
const figure = (value: number): string => String(Number(value.toPrecision(3)));
const end = (value: number | null): string => (value === null ? 'any' : figure(value));
