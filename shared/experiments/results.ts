import { cuped } from './cuped.ts';
import { endsAt, type KeptExperiment, runs, withinMs } from './experiment.ts';
import { type Behaviour, type CohortFunnel, type ConversionDifference, compareFunnels, funnels } from './funnel.ts';
import type { Measure } from './judge-experiment.ts';
import { shareSequence } from './rate-ratio-sequence.ts';
import { isFull, type Subject } from './subject.ts';
import type { Summary } from './summary.ts';

type Of = KeptExperiment['measures'][number];
export const SIDES = ['control', 'treatment'] as const;
export type Side = (typeof SIDES)[number];

/** A subject of either cohort. */
export interface Exposed extends Subject {
  readonly exposedAt: number;
}
export type Cohorts = Readonly<Record<Side, readonly Exposed[]>>;

export function cohortsOf({ control, treatment }: KeptExperiment, subjects: readonly Subject[]): Cohorts {
  const of = (variation: string) =>
    subjects.filter((one): one is Exposed => one.cohort === variation && one.exposedAt !== undefined);
  return { control: of(control), treatment: of(treatment) };
}

/** What a subject did of one measure, after its exposure and in time: 0 or 1, or the sum of its values. */
export function figureOf(one: Exposed, { event, kind }: Of, within: number): number {
  const values = one.did.filter(([name, at]) => name === event && at >= one.exposedAt && at - one.exposedAt <= within);
  return kind === 'conversion' ? Math.min(1, values.length) : total(values);
}

/** The same before its exposure, for CUPED. */
const before = (one: Exposed, { event }: Of): number =>
  total(one.did.filter(([name, at]) => name === event && at < one.exposedAt));
const total = (deeds: Subject['did']): number => deeds.reduce((sum, [, , value]) => sum + value, 0);

/** A measure with the samples of both cohorts; a mean less what the subjects' past predicts of it. */
export function measured(one: KeptExperiment, measure: Of, cohorts: Cohorts): Measure & { readonly reduction: number } {
  const { name, kind, better, primary } = measure;
  const within = withinMs(one);
  const values = (side: Side) => cohorts[side].map((subject) => figureOf(subject, measure, within));
  if (kind === 'conversion') {
    const count = (side: Side) => ({ events: values(side).filter((value) => value > 0).length, total: cohorts[side].length });
    return { name, kind, better, primary, control: count('control'), treatment: count('treatment'), reduction: 0 };
  }
  const observed = (side: Side) =>
    cohorts[side].map((subject) => ({ value: figureOf(subject, measure, within), before: before(subject, measure) }));
  const [control, treatment] = [observed('control'), observed('treatment')];
  const isKnown = Math.min(control.length, treatment.length) >= 2 && [...control, ...treatment].some((each) => each.before !== 0);
  const plain = { control: values('control'), treatment: values('treatment'), reduction: 0 };
  const used = isKnown ? cuped(control, treatment) : plain;
  const samples = { control: spread(used.control), treatment: spread(used.treatment) };
  return { name, kind, better, primary, ...samples, reduction: used.reduction };
}

/** As `summaryOf`, of nobody and of one as well. */
function spread(values: readonly number[]): Summary {
  const n = values.length;
  const mean = n === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / n;
  return { n, mean, variance: n < 2 ? 0 : values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1) };
}

export interface ExperimentResults {
  readonly key: string;
  readonly flag: string;
  readonly state: 'running' | 'over';
  readonly startedAt: number;
  readonly endsAt: number;
  readonly subjects: {
    readonly control: number;
    readonly treatment: number;
    readonly unexposed: number;
    readonly moved: number;
    readonly full: number;
  };
  readonly measures: readonly ArmFigures[];
  readonly funnel: readonly CohortFunnel[];
  readonly conversions: readonly ConversionDifference[];
}

export interface ArmFigures {
  readonly measure: string;
  readonly side: Side;
  readonly variation: string;
  readonly sample: number;
  /** Of conversions: how many. */
  readonly events: number | null;
  /** A share of subjects, or a value a subject. */
  readonly mean: number;
  /** The 95 % of a share; null of a mean, whose difference the verdict has. */
  readonly interval: { readonly low: number | null; readonly high: number | null } | null;
  /** The share of the variance that the past has explained. */
  readonly reduction: number;
}

/** What is known of an experiment at `now` (epoch ms). */
export function resultsOf(one: KeptExperiment, subjects: readonly Subject[], now: number): ExperimentResults {
  const cohorts = cohortsOf(one, subjects);
  const known = [...cohorts.control, ...cohorts.treatment];
  const found = one.funnel.length === 0 ? [] : funnels(behaviourOf(known), { steps: one.funnel, within: withinMs(one) });
  const of = (side: Side) => found.find(({ cohort }) => cohort === one[side]);
  const [control, treatment] = [of('control'), of('treatment')];
  return {
    key: one.key,
    flag: one.flag,
    state: runs(one, now) ? 'running' : 'over',
    startedAt: one.startedAt,
    endsAt: endsAt(one),
    subjects: {
      control: cohorts.control.length,
      treatment: cohorts.treatment.length,
      unexposed: subjects.length - known.length,
      moved: known.filter(({ moved }) => moved).length,
      full: known.filter(isFull).length,
    },
    measures: one.measures.flatMap((measure) => figuresOf(one, measured(one, measure, cohorts))),
    funnel: found,
    conversions: control && treatment ? compareFunnels(control, treatment, one.alpha) : [],
  };
}

function figuresOf(one: KeptExperiment, measure: Measure & { readonly reduction: number }): ArmFigures[] {
  return SIDES.map((side) => {
    const named = { measure: measure.name, side, variation: one[side], reduction: measure.reduction };
    if (measure.kind === 'mean') {
      const { n, mean } = measure[side];
      return { ...named, sample: n, events: null, mean, interval: null };
    }
    const count = measure[side];
    const mean = count.total === 0 ? 0 : count.events / count.total;
    return { ...named, sample: count.total, events: count.events, mean, interval: shareSequence(count, 0.05) };
  });
}

const behaviourOf = (subjects: readonly Exposed[]): Behaviour[] =>
  subjects.flatMap(({ cohort = '', exposedAt, did }, index) => [
    { subject: String(index), name: null, at: exposedAt, cohort },
    ...did.map(([name, at]) => ({ subject: String(index), name, at })),
  ]);
