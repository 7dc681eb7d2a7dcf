import { exposureSeries } from '../flags/exposure-series.ts';
import { alarmDefinition, metricsOf } from '../guardrails/alarm-definition.ts';
import type { AlarmReading } from '../guardrails/evaluate-alarm.ts';
import type { Guardrail, ThresholdGuardrail } from '../guardrails/guardrail.ts';
import { periodMs } from '../guardrails/guardrail-period.ts';
import type { ByArm, GuardrailEvidence } from '../guardrails/stage-state.ts';
import type { RolloutComponent } from '../plan/plan.ts';
import type { MetricFigure, Metrics } from '../ports/metrics.ts';
import { seriesOf } from './guardrail-alarms.ts';
import type { RolloutContext } from './rollout-context.ts';
import { compareStage, type ReportedFigures } from './stage-comparison.ts';

type Asks = Pick<Metrics, 'figures'>;
type Watched = Pick<RolloutContext, 'component' | 'environment'>;

/** When the rollout and its stage began, and when it is looked at (epoch ms); and the stage's share of traffic. */
export interface StageTimes {
  readonly rolloutStartedAt: number;
  readonly startedAt: number;
  readonly now: number;
  /** ms. */
  readonly bake: number;
  readonly percent: number;
}

const RECENT_PERIODS = 2;
/** Clients that poll hear of a stage later than it is entered: so long, or a tenth of the bake time, nothing is counted. */
const HEARD_MS = 30_000;

const HOUR_MS = 3_600_000;
/** Of so many periods at most a long time is read: the longer it is the longer they are, up to an hour. */
const PERIODS_READ = 720;
const PERIODS_MS = [10_000, 60_000, 300_000] as const;
const periodFor = (ms: number, shortest = 0): number =>
  PERIODS_MS.find((period) => period >= shortest && ms / period <= PERIODS_READ) ?? HOUR_MS;

/** Subjects that each side was shown to. */
interface Exposed {
  readonly byArm: ByArm;
  /** Flag providers counted them, each process for itself: who was served by several is in it several times. */
  readonly provided: boolean;
}

/** Since the stage was heard of. */
export async function exposuresOf(metrics: Asks, watched: Watched, times: StageTimes): Promise<Exposed> {
  const heardAt = times.startedAt + Math.min(HEARD_MS, times.bake / 10);
  const period = periodFor(times.now - heardAt);
  const from = ceil(heardAt, period);
  const range = { from, to: Math.max(from + period, ceil(times.now, period)), periodMs: period };
  // Providers begin anew when they hear of the stage, and then tell of each key but once: none of that may be missed.
  return exposedIn(metrics, watched, range, floor(times.startedAt, period));
}

/** By the series that the plan names; where nothing is in it, by that of flag providers. */
async function exposedIn(
  metrics: Asks,
  { component, environment }: Watched,
  range: Range,
  providedFrom = range.from,
): Promise<Exposed> {
  const own = await metrics.figures(bothSides(component, component.metrics.exposures, 'Sum'), range);
  const provided = own.every(({ length }) => length === 0);
  const { flag, from, to } = component;
  const questions = [from, to].map((side) => ({ ...exposureSeries(environment, flag, side), statistic: 'Sum' }));
  const [control, treatment] = provided ? await metrics.figures(questions, { ...range, from: providedFrom }) : own;
  return { byArm: { control: total(control), treatment: total(treatment) }, provided };
}

/** All that a verdict on one guardrail rests on. `alarm` is its state as read; undefined: there is no such alarm. */
export async function evidenceOf(
  metrics: Asks,
  watched: Watched,
  guardrail: Guardrail,
  alarm: AlarmReading | undefined,
  times: StageTimes,
): Promise<GuardrailEvidence> {
  const { component } = watched;
  const reading = alarm ?? missing(guardrail);
  if (guardrail.type === 'alarm') return { guardrail, alarm: reading, reportedAt: null, recent: null, comparison: null };
  const period = periodMs(guardrail);
  const now = floor(times.now, period);
  const begun = ceil(times.startedAt, period);
  const compares = guardrail.type !== 'math' && guardrail.compare !== undefined;
  const compared = compares
    ? await compareStage(metrics, component, guardrail, { begun, now, concurrent: times.percent < 100 })
    : undefined;
  const last = { from: now - RECENT_PERIODS * period, to: now, periodMs: period };
  const reported = compared?.reported ?? (await reportedIn(metrics, component, guardrail, last));
  const [reportedAt, recent] = await Promise.all([
    lastOf(reported, floor(times.rolloutStartedAt, period)) ?? earlierReport(metrics, component, guardrail, times),
    last.from < begun ? null : silenceOf(metrics, watched, reported, last),
  ]);
  const none = compares ? { looks: [], before: [] } : null;
  return { guardrail, alarm: reading, reportedAt, recent, comparison: compared ?? none };
}

const missing = (guardrail: Guardrail): AlarmReading => ({
  state: 'INSUFFICIENT_DATA',
  reason: `there is no alarm ${guardrail.type === 'alarm' ? guardrail.alarm : 'of this guardrail any more'}.`,
  value: null,
  sample: 0,
  refused: [],
});

type Range = Parameters<Metrics['figures']>[1];

/** Of each of its metrics. */
async function reportedIn(
  metrics: Asks,
  component: RolloutComponent,
  guardrail: ThresholdGuardrail,
  range: Range,
): Promise<readonly ReportedFigures[]> {
  const names = metricsOf(alarmDefinition(guardrail));
  // Of a rate, what is counted; senders add up before they send, and one sample may stand for all of a period.
  const statistic = guardrail.type === 'rate' ? 'Sum' : 'SampleCount';
  const figures = await metrics.figures(
    names.flatMap((metric) => bothSides(component, metric, statistic)),
    range,
  );
  return names.map((_, index) => ({ control: figures[2 * index] ?? [], treatment: figures[2 * index + 1] ?? [] }));
}

/** When anybody reported last, `from` then on; undefined: nobody did. */
function lastOf(reported: readonly ReportedFigures[], from: number): number | undefined {
  const times = reported.flatMap(({ control, treatment }) => [...control, ...treatment]).map(({ at }) => at);
  const last = Math.max(...times);
  return last >= from ? last : undefined;
}

/** Asked only where nothing was reported of late: since the rollout began, the period under way included. */
async function earlierReport(
  metrics: Asks,
  component: RolloutComponent,
  guardrail: ThresholdGuardrail,
  times: StageTimes,
): Promise<number | null> {
  const period = periodFor(times.now - times.rolloutStartedAt, periodMs(guardrail));
  const from = floor(times.rolloutStartedAt, period);
  const range = { from, to: Math.max(ceil(times.now, period), from + period), periodMs: period };
  return lastOf(await reportedIn(metrics, component, guardrail, range), from) ?? null;
}

/** What tells a dead path from a quiet one; null where the new side has spoken, or the control has not. */
async function silenceOf(
  metrics: Asks,
  watched: Watched,
  reported: readonly ReportedFigures[],
  range: Range,
): Promise<GuardrailEvidence['recent']> {
  // One request may be in several metrics: it counts once.
  const reports = (side: keyof ReportedFigures) =>
    Math.max(...reported.map((of) => total(of[side].filter(({ at }) => at >= range.from && at < range.to))));
  const control = reports('control');
  if (reports('treatment') > 0 || control === 0) return null;
  const { byArm } = await exposedIn(metrics, watched, range);
  return { exposures: byArm, reports: { control, treatment: 0 } };
}

const bothSides = (component: RolloutComponent, metric: string, statistic: string) =>
  [component.from, component.to].map((side) => ({ ...seriesOf(component, metric, side), statistic }));

const total = (figures: readonly MetricFigure[] | undefined): number =>
  (figures ?? []).reduce((sum, { value }) => sum + value, 0);
const floor = (at: number, period: number): number => Math.floor(at / period) * period;
const ceil = (at: number, period: number): number => Math.ceil(at / period) * period;
