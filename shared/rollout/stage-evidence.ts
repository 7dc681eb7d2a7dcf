import type { Count, Look } from '../experiments/rate-shift.ts';
import { alarmDefinition, metricsOf } from '../guardrails/alarm-definition.ts';
import type { AlarmReading } from '../guardrails/evaluate-alarm.ts';
import { type Guardrail, periodMs, type ThresholdGuardrail } from '../guardrails/guardrail.ts';
import type { ByArm, GuardrailEvidence } from '../guardrails/stage-state.ts';
import type { RolloutComponent } from '../plan/plan.ts';
import type { MetricFigure, Metrics } from '../ports/metrics.ts';
import { seriesOf } from './guardrail-alarms.ts';

/** When the rollout and its stage began, and when it is looked at (epoch ms). */
export interface StageTimes {
  readonly rolloutStartedAt: number;
  readonly startedAt: number;
  readonly now: number;
  /** ms. */
  readonly bake: number;
}

/** More of a long stage is not compared anew at each look: what is older has been judged. */
const LOOKS = 720;
/** How long before the stage the control is still known. */
const BEFORE_MS = 3_600_000;
const RECENT_PERIODS = 2;
/** CloudWatch's longest period. */
const LONGEST_PERIOD_MS = 86_400_000;
/** What the control keeps in 95 of 100 cases. */
const USUAL = 'p95';

/** Clients that poll hear of a stage later than it is entered: so long, or a tenth of the bake time, nothing is counted. */
const HEARD_MS = 30_000;

/** Subjects that each side was shown to since the stage was heard of. */
export async function exposuresOf(metrics: Metrics, component: RolloutComponent, times: StageTimes): Promise<ByArm> {
  const periodMs = 10_000;
  const from = ceil(times.startedAt + Math.min(HEARD_MS, times.bake / 10), periodMs);
  const range = { from, to: Math.max(from + periodMs, ceil(times.now, periodMs)), periodMs };
  const [control, treatment] = await metrics.figures(bothSides(component, component.metrics.exposures, 'Sum'), range);
  return { control: total(control), treatment: total(treatment) };
}

/** All that a verdict on one guardrail rests on. `alarm` is its state as read; undefined: there is no such alarm. */
export async function evidenceOf(
  metrics: Metrics,
  component: RolloutComponent,
  guardrail: Guardrail,
  alarm: AlarmReading | undefined,
  times: StageTimes,
): Promise<GuardrailEvidence> {
  const reading = alarm ?? missing(guardrail);
  if (guardrail.type === 'alarm') return { guardrail, alarm: reading, reportedAt: null, recent: null, comparison: null };
  const period = periodMs(guardrail);
  const now = floor(times.now, period);
  const begun = ceil(times.startedAt, period);
  const [reportedAt, recent, comparison] = await Promise.all([
    lastReport(metrics, component, guardrail, { from: floor(times.rolloutStartedAt, period), to: ceil(times.now, period) }),
    now - RECENT_PERIODS * period < begun ? null : recentOf(metrics, component, guardrail, now),
    comparisonOf(metrics, component, guardrail, { begun, now }),
  ]);
  return { guardrail, alarm: reading, reportedAt, recent, comparison };
}

const missing = (guardrail: Guardrail): AlarmReading => ({
  state: 'INSUFFICIENT_DATA',
  reason: `there is no alarm ${guardrail.type === 'alarm' ? guardrail.alarm : 'of this guardrail any more'}.`,
  value: null,
  sample: 0,
  refused: [],
});

async function lastReport(
  metrics: Metrics,
  component: RolloutComponent,
  guardrail: ThresholdGuardrail,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<number | null> {
  const questions = metricsOf(alarmDefinition(guardrail)).flatMap((metric) => bothSides(component, metric, 'SampleCount'));
  const figures = await metrics.figures(questions, {
    from,
    to: Math.max(to, from + periodMs(guardrail)),
    periodMs: periodMs(guardrail),
  });
  const last = figures.flatMap((series) => series.filter(({ value }) => value > 0).map(({ at }) => at));
  return last.length === 0 ? null : Math.max(...last);
}

async function recentOf(metrics: Metrics, component: RolloutComponent, guardrail: ThresholdGuardrail, now: number) {
  const period = periodMs(guardrail);
  const range = { from: now - RECENT_PERIODS * period, to: now, periodMs: period };
  const names = metricsOf(alarmDefinition(guardrail));
  // Of a rate, what is counted; senders add up before they send, and one sample may stand for all of a period.
  const statistic = guardrail.type === 'rate' ? 'Sum' : 'SampleCount';
  const [exposedControl, exposedTreatment, ...reported] = await metrics.figures(
    [
      ...bothSides(component, component.metrics.exposures, 'Sum'),
      ...names.flatMap((metric) => bothSides(component, metric, statistic)),
    ],
    range,
  );
  // One request may be in several metrics: it counts once.
  const reports = (side: 0 | 1) => Math.max(...reported.filter((_, index) => index % 2 === side).map(total));
  return {
    exposures: { control: total(exposedControl), treatment: total(exposedTreatment) },
    reports: { control: reports(0), treatment: reports(1) },
  };
}

async function comparisonOf(
  metrics: Metrics,
  component: RolloutComponent,
  guardrail: ThresholdGuardrail,
  { begun, now }: { readonly begun: number; readonly now: number },
): Promise<{ looks: readonly Look[]; before: readonly Count[] } | null> {
  if (guardrail.type === 'math' || guardrail.compare === undefined) return null;
  const period = periodMs(guardrail);
  const from = Math.max(begun, now - LOOKS * period);
  const past = { from: begun - BEFORE_MS, to: begun, periodMs: period };
  const ask =
    guardrail.type === 'rate'
      ? rateQuestions(component, guardrail)
      : await tailQuestions(metrics, component, guardrail, { from: past.from, to: now });
  if (ask === undefined) return { looks: [], before: [] };
  const [whole, earlier] = await Promise.all([
    now > from ? metrics.figures(ask.questions, { from, to: now, periodMs: period }) : [],
    metrics.figures(ask.questions.slice(0, 2), past),
  ]);
  const looks = Array.from({ length: Math.max(0, (now - from) / period) }, (_, index): Look => {
    const at = from + index * period;
    return { control: ask.count(whole[0], whole[1], at), treatment: ask.count(whole[2], whole[3], at) };
  });
  const before = (earlier[1] ?? []).map(({ at }) => ask.count(earlier[0], earlier[1], at));
  return { looks, before };
}

type Figures = readonly MetricFigure[] | undefined;

/** Four questions: bad and all of the control, bad and all of the new side; and how their figures become counts. */
interface Asked {
  readonly questions: Parameters<Metrics['figures']>[0];
  readonly count: (bad: Figures, all: Figures, at: number) => Count;
}

const rateQuestions = (component: RolloutComponent, { events, of }: ThresholdGuardrail & { type: 'rate' }): Asked => ({
  questions: [component.from, component.to].flatMap((side) =>
    [events, of].map((metric) => ({ ...seriesOf(component, metric, side), statistic: 'Sum' })),
  ),
  count: (bad, all, at) => ({ events: figureAt(bad, at) ?? 0, total: figureAt(all, at) ?? 0 }),
});

/** Values beyond what the control keeps in 95 of 100 cases: a shift of the whole distribution shows there, whatever its shape. */
async function tailQuestions(
  metrics: Metrics,
  component: RolloutComponent,
  { metric, is }: ThresholdGuardrail & { type: 'metric' },
  range: { readonly from: number; readonly to: number },
): Promise<Asked | undefined> {
  const statistic = is.startsWith('<') ? 'p5' : USUAL;
  const from = Math.max(range.from, range.to - LONGEST_PERIOD_MS);
  const whole = { from, to: range.to, periodMs: range.to - from };
  const [control] = await metrics.figures([{ ...seriesOf(component, metric, component.from), statistic }], whole);
  const usual = control?.[0]?.value;
  if (usual === undefined) return undefined;
  const within = `PR(:${usual})`;
  return {
    questions: [component.from, component.to].flatMap((side) =>
      [within, 'SampleCount'].map((statistic) => ({ ...seriesOf(component, metric, side), statistic })),
    ),
    count: (rank, all, at) => {
      const seen = figureAt(all, at) ?? 0;
      const share = (figureAt(rank, at) ?? 100) / 100;
      return { events: Math.round(seen * (is.startsWith('<') ? share : 1 - share)), total: seen };
    },
  };
}

const bothSides = (component: RolloutComponent, metric: string, statistic: string) =>
  [component.from, component.to].map((side) => ({ ...seriesOf(component, metric, side), statistic }));

const figureAt = (figures: Figures, at: number): number | undefined => figures?.find((figure) => figure.at === at)?.value;
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const total = (figures: Figures): number => sum((figures ?? []).map(({ value }) => value));
const floor = (at: number, period: number): number => Math.floor(at / period) * period;
const ceil = (at: number, period: number): number => Math.ceil(at / period) * period;
