import type { Interval } from './interval.ts';
import { InvalidSampleError } from './invalid-sample-error.ts';
import { rateRatioSequence } from './rate-ratio-sequence.ts';
import { type TwoProportionsResult, twoProportions } from './two-proportions.ts';

/** One thing that a subject did, or its first exposure (`name` null), which gave it its cohort. */
export interface Behaviour {
  readonly subject: string;
  readonly name: string | null;
  /** ms since 1970. */
  readonly at: number;
  /** The variation; only the exposure's counts. */
  readonly cohort?: string;
}

export interface FunnelStep {
  readonly name: string;
  /** Subjects that did this step after all before it, in order. */
  readonly subjects: number;
  /** Of those that did the step before (at the first: that were exposed); null where there were none. */
  readonly ofPrevious: number | null;
  /** Of all that were exposed. */
  readonly ofExposed: number | null;
}

export interface CohortFunnel {
  readonly cohort: string;
  readonly exposed: number;
  readonly steps: readonly FunnelStep[];
}

export interface FunnelOptions {
  /** In the order in which they are to be done; other behaviour may lie between them. */
  readonly steps: readonly string[];
  /** How long after its exposure a subject's behaviour counts, in ms. */
  readonly within: number;
}

/**
 * How far each cohort's subjects came. Behaviour before the exposure, or after the window, does not count; a subject that is
 * exposed twice stays in its first cohort. A single step is a conversion.
 */
export function funnels(behaviour: readonly Behaviour[], { steps, within }: FunnelOptions): CohortFunnel[] {
  if (steps.length === 0) throw new InvalidSampleError('A funnel needs at least one step');
  const odd = behaviour.find(({ at }) => !Number.isFinite(at));
  if (odd) throw new InvalidSampleError(`What ${odd.subject} did has the time ${odd.at}`);
  // At the same instant the exposure comes first: it is what the behaviour answers.
  const ordered = [...behaviour].sort(
    (one, other) => one.at - other.at || Number(one.name !== null) - Number(other.name !== null),
  );
  const subjects = new Map<string, { cohort: string; exposedAt: number; done: number }>();
  for (const { subject, name, at, cohort } of ordered) {
    const known = subjects.get(subject);
    if (name === null) {
      if (known === undefined && cohort !== undefined) subjects.set(subject, { cohort, exposedAt: at, done: 0 });
    } else if (known !== undefined && at - known.exposedAt <= within && steps[known.done] === name) known.done += 1;
  }
  const cohorts = Map.groupBy(subjects.values(), ({ cohort }) => cohort);
  return [...cohorts]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([cohort, members]) => ({ cohort, exposed: members.length, steps: stepsOf(steps, members) }));
}

function stepsOf(names: readonly string[], members: readonly { done: number }[]): FunnelStep[] {
  let previous = members.length;
  return names.map((name, index) => {
    const subjects = members.filter(({ done }) => done > index).length;
    const step = { name, subjects, ofPrevious: share(subjects, previous), ofExposed: share(subjects, members.length) };
    previous = subjects;
    return step;
  });
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

export interface ConversionDifference {
  readonly step: string;
  /** For a single look, when the experiment is over. */
  readonly test: TwoProportionsResult | null;
  /** Of the shares that convert, treatment over control: valid at every look. */
  readonly ratio: Interval;
}

/** Each step's conversion, of all that were exposed, in one cohort against another. */
export function compareFunnels(control: CohortFunnel, treatment: CohortFunnel, alpha = 0.05): ConversionDifference[] {
  return control.steps.map((step, index) => {
    const c = { events: step.subjects, total: control.exposed };
    const t = { events: treatment.steps[index]?.subjects ?? 0, total: treatment.exposed };
    return {
      step: step.name,
      test: c.total > 0 && t.total > 0 ? twoProportions(c, t, alpha) : null,
      ratio: rateRatioSequence(c, t, alpha),
    };
  });
}
