import type { Datapoint } from '../ports/metrics.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { datapointProblem } from './datapoint.ts';
import { parseMetricMath } from './metric-math.ts';
import { percentileOf, samplesForPercentile, statisticOf } from './statistic.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface AlarmReading {
  readonly state: AlarmState;
  /** A sentence. */
  readonly reason: string;
  /** The newest figure of the evaluation range; null where there is none. */
  readonly value: number | null;
  /** Samples behind the figures that were evaluated. */
  readonly sample: number;
  /** Datapoints that could not be used, each with its reason. */
  readonly refused: readonly string[];
}

/** The figure of one period; null: missing. */
interface Period {
  readonly value: number | null;
  readonly sample: number;
  readonly tooFew: boolean;
}

/** CloudWatch retrieves more periods than it evaluates, in case some are missing: five for an alarm of three. */
const EXTRA_PERIODS = 2;
const REFUSED_SHOWN = 5;

/**
 * The state of an alarm at `now`, by CloudWatch's rules (the tables in "Configuring how CloudWatch alarms treat missing
 * data" are its tests). Periods are whole and aligned to their length; the one that is under way is not looked at.
 * `series` holds the datapoints by the name of their metric, in any order.
 */
export function evaluateAlarm(
  definition: AlarmDefinition,
  series: Readonly<Record<string, readonly Datapoint[]>>,
  { now, state }: { readonly now: number; readonly state: AlarmState },
): AlarmReading {
  const refused: string[] = [];
  const usable: Record<string, readonly Datapoint[]> = {};
  for (const [id, { metric }] of Object.entries(definition.metrics)) usable[id] = (series[metric] ?? []).filter(isUsable(metric));
  const periods = figures(definition, usable, now);
  const real = periods.filter(({ value }) => value !== null);
  const evaluated = real.slice(-definition.evaluationPeriods);
  const next = evaluated.some(({ tooFew }) => tooFew) ? tooFewSamples(state) : decide(definition, periods, evaluated, state);
  return {
    ...next,
    value: real.at(-1)?.value ?? null,
    sample: evaluated.reduce((sum, { sample }) => sum + sample, 0),
    refused:
      refused.length > REFUSED_SHOWN
        ? [...refused.slice(0, REFUSED_SHOWN), `and ${refused.length - REFUSED_SHOWN} more`]
        : refused,
  };

  function isUsable(metric: string): (datapoint: Datapoint) => boolean {
    return (datapoint) => {
      const problem = datapointProblem(datapoint, now);
      if (problem !== undefined) refused.push(`A datapoint of ${metric} ${problem}.`);
      return problem === undefined;
    };
  }
}

type Decision = Pick<AlarmReading, 'state' | 'reason'>;

/** One period after the other, oldest first. */
function figures(definition: AlarmDefinition, usable: Readonly<Record<string, readonly Datapoint[]>>, now: number): Period[] {
  const { periodMs, evaluationPeriods } = definition;
  const parsed = parseMetricMath(definition.expression);
  if (!parsed.ok) throw new TypeError(`The expression ${parsed.problem}`);
  const range = evaluationPeriods + EXTRA_PERIODS;
  const first = Math.floor(now / periodMs) - range;
  const binned = Object.entries(definition.metrics).map(([id, { statistic }]) => {
    const bins = Array.from({ length: range }, (): Datapoint[] => []);
    for (const datapoint of usable[id] ?? []) bins[Math.floor(datapoint.at / periodMs) - first]?.push(datapoint);
    return { id, statistic, bins };
  });
  return Array.from({ length: range }, (_, index) => {
    const found = new Map(
      binned.map(({ id, statistic, bins }) => [id, { statistic, figure: statisticOf(statistic, bins[index] ?? []) }]),
    );
    const value = parsed.evaluate((id) => found.get(id)?.figure?.value ?? null);
    const samples = [...found.values()].map(({ figure }) => figure?.sample ?? 0);
    const tooFew =
      definition.lowSamples === 'ignore' && [...found.values()].some(({ statistic, figure }) => isThin(statistic, figure));
    return { value, sample: Math.max(0, ...samples), tooFew };
  });
}

function isThin(statistic: string, figure: { sample: number } | null): boolean {
  const percentile = percentileOf(statistic);
  return percentile !== undefined && figure !== null && figure.sample < samplesForPercentile(percentile);
}

const tooFewSamples = (state: AlarmState): Decision => ({
  state,
  reason: 'A period has too few samples for its percentile; the state stays as it was.',
});

function decide(
  definition: AlarmDefinition,
  periods: readonly Period[],
  evaluated: readonly Period[],
  state: AlarmState,
): Decision {
  const { evaluationPeriods: n, datapointsToAlarm: m, missing, operator, threshold } = definition;
  const filled = n - evaluated.length;
  const bad = evaluated.filter(isBad).length;
  const counted = bad + (missing === 'breaching' ? filled : 0);
  const newest = evaluated.at(-1)?.value ?? null;
  const figure = newest === null ? '' : `, the newest ${Number(newest.toPrecision(4))}`;
  const of = `${bad} of ${evaluated.length} datapoints ${operator} ${threshold}${figure}${filled > 0 ? `, ${filled} missing` : ''}`;
  if (counted >= m) return { state: 'ALARM', reason: `${of}; ${m} of ${n} trip the alarm.` };
  if (filled === 0 || missing === 'breaching' || missing === 'notBreaching')
    return { state: 'OK', reason: `${of}; ${m} of ${n} would trip the alarm.` };
  if (evaluated.length === 0) {
    if (missing === 'ignore') return { state, reason: 'No data; the state stays as it was.' };
    return { state: 'INSUFFICIENT_DATA', reason: `No data in the last ${periods.length} periods.` };
  }
  if (bad < evaluated.length) return { state: 'OK', reason: `${of}; ${m} of ${n} would trip the alarm.` };
  // All that came is bad. Where the oldest of it is as old as M periods, CloudWatch waits no longer.
  const age = periods.length - periods.findIndex(isBad);
  if (missing === 'ignore') return { state, reason: `${of}; the state stays as it was.` };
  if (age >= m) return { state: 'ALARM', reason: `${of}, and all that came in ${age} periods is bad.` };
  return { state: 'OK', reason: `${of}; too little for an alarm yet.` };

  function isBad({ value }: Period): boolean {
    return value !== null && compares(value, operator, threshold);
  }
}

function compares(value: number, operator: AlarmDefinition['operator'], threshold: number): boolean {
  switch (operator) {
    case '>':
      return value > threshold;
    case '>=':
      return value >= threshold;
    case '<':
      return value < threshold;
    case '<=':
      return value <= threshold;
  }
}
