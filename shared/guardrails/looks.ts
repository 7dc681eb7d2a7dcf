import type { Count, Look } from '../experiments/rate-shift.ts';
import type { Datapoint } from './datapoint.ts';
import { type Guardrail, periodMs } from './guardrail.ts';
import { percentileOf, statisticOf } from './statistic.ts';

/** The datapoints of each arm, by metric; usable ones only. */
export interface ArmSeries {
  readonly control: Readonly<Record<string, readonly Datapoint[]>>;
  readonly treatment: Readonly<Record<string, readonly Datapoint[]>>;
}

/** What a comparison counts: events of trials, or values beyond a cutoff. */
export type Compared = Extract<Guardrail, { type: 'rate' | 'metric' }>;

/** A value beyond the cutoff is an event; null for rates, and where the control has no past to take it from. */
export type Cutoff = number | null;

/**
 * Where the control's values become rare: its 95th percentile before the rollout (its 5th, where low values are bad), or
 * the guardrail's own percentile. It is taken once and kept, so that a drift of the control moves both arms alike.
 */
export function cutoffOf(guardrail: Compared, before: readonly Datapoint[]): Cutoff {
  if (guardrail.type === 'rate') return null;
  const isHighBad = guardrail.is.startsWith('>');
  const own = percentileOf(guardrail.statistic) === undefined ? undefined : guardrail.statistic;
  return statisticOf(own ?? (isHighBad ? 'p95' : 'p5'), before)?.value ?? null;
}

/** The counts of every whole period from `from` to `to` (ms), oldest first; aligned as the alarm's periods are. */
export function looksBetween(
  guardrail: Compared,
  series: ArmSeries,
  { from, to, cutoff }: { readonly from: number; readonly to: number; readonly cutoff: Cutoff },
): Look[] {
  const period = periodMs(guardrail);
  const first = Math.ceil(from / period);
  const length = Math.max(0, Math.floor(to / period) - first);
  const control = countsBy(guardrail, series.control, { period, first, length, cutoff });
  const treatment = countsBy(guardrail, series.treatment, { period, first, length, cutoff });
  return Array.from({ length }, (_, index) => ({ control: control[index] ?? NONE, treatment: treatment[index] ?? NONE }));
}

interface Grid {
  readonly period: number;
  readonly first: number;
  readonly length: number;
  readonly cutoff: Cutoff;
}

function countsBy(guardrail: Compared, series: Readonly<Record<string, readonly Datapoint[]>>, grid: Grid): Count[] {
  const inPeriods = (metric: string): Datapoint[][] => {
    const bins = Array.from({ length: grid.length }, (): Datapoint[] => []);
    for (const datapoint of series[metric] ?? []) bins[Math.floor(datapoint.at / grid.period) - grid.first]?.push(datapoint);
    return bins;
  };
  if (guardrail.type === 'metric') return inPeriods(guardrail.metric).map((bin) => beyond(bin, guardrail.is, grid.cutoff));
  const [events, totals] = [inPeriods(guardrail.events), inPeriods(guardrail.of)];
  return totals.map((bin, index) => ({ events: sumOf(events[index] ?? []), total: sumOf(bin) }));
}

function beyond(bin: readonly Datapoint[], is: Compared['is'], cutoff: Cutoff): Count {
  if (cutoff === null) return NONE;
  const isBeyond = (value: number): boolean => (is.startsWith('>') ? value > cutoff : value < cutoff);
  let [events, total] = [0, 0];
  for (const { values, counts } of bin) {
    for (const [index, value] of values.entries()) {
      const count = counts?.[index] ?? 1;
      total += count;
      if (isBeyond(value)) events += count;
    }
  }
  return { events, total };
}

const sumOf = (bin: readonly Datapoint[]): number => statisticOf('Sum', bin)?.value ?? 0;

const NONE: Count = { events: 0, total: 0 };
