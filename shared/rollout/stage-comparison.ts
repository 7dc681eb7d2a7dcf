import type { Count, Look } from '../experiments/rate-shift.ts';
import type { ThresholdGuardrail } from '../guardrails/guardrail.ts';
import { periodMs } from '../guardrails/guardrail-period.ts';
import type { RolloutComponent } from '../plan/plan.ts';
import type { MetricFigure, Metrics, SeriesQuestion } from '../ports/metrics.ts';
import { seriesOf } from './guardrail-alarms.ts';

type Asks = Pick<Metrics, 'figures'>;
type Compared = Exclude<ThresholdGuardrail, { type: 'math' }>;

/** Of a stage, in whole periods: from `begun` up to `now` (epoch ms). `concurrent`: there is a control beside it. */
export interface StageSpan {
  readonly begun: number;
  readonly now: number;
  readonly concurrent: boolean;
}

/** What the sides of a stage counted, and in which periods of it anybody reported. */
export interface StageComparison {
  readonly looks: readonly Look[];
  readonly before: readonly Count[];
  readonly reported: readonly ReportedFigures[];
}

/** Figures of one metric that are there only where it was reported, of the control and of the new side. */
export interface ReportedFigures {
  readonly control: readonly MetricFigure[];
  readonly treatment: readonly MetricFigure[];
}

/**
 * More of a long stage is not compared anew at each look: what is older has been judged. With the hour before, CloudWatch has
 * all of it in periods of 10 s still.
 */
const LOOKS = 600;
/** How long before those the control is still known. */
const BEFORE_MS = 3_600_000;
/** What the control keeps in 95 of 100 cases. */
const USUAL = { above: 'p95', below: 'p5' };

/** Undefined where there is nothing to compare with. */
export async function compareStage(
  metrics: Asks,
  component: RolloutComponent,
  guardrail: Compared,
  { begun, now, concurrent }: StageSpan,
): Promise<StageComparison | undefined> {
  const period = periodMs(guardrail);
  const from = Math.max(begun, now - LOOKS * period);
  // Where no control is left beside the stage, the one before it counts.
  const past = concurrent ? { from: from - BEFORE_MS, to: from } : { from: begun - BEFORE_MS, to: begun };
  const ask =
    guardrail.type === 'rate'
      ? rateQuestions(component, guardrail)
      : await tailQuestions(metrics, component, guardrail, { from: past.from, to: concurrent ? Math.max(now, from) : past.to });
  if (ask === undefined) return undefined;
  const { questions, count, reports } = ask;
  const range = { from: concurrent ? past.from : from, to: now, periodMs: period };
  const [figures, earlier] = await Promise.all([
    now > range.from ? metrics.figures(questions, range) : [],
    concurrent ? undefined : metrics.figures(questions.slice(0, 2), { ...past, periodMs: period }),
  ]);
  const [bad, all, newBad, newAll] = figures.map(byTime);
  const looks = Array.from({ length: Math.max(0, (now - from) / period) }, (_, index): Look => {
    const at = from + index * period;
    return { control: count(bad, all, at), treatment: count(newBad, newAll, at) };
  });
  const [badBefore, allBefore] = earlier?.map(byTime) ?? [bad, all];
  const before = [...(allBefore?.keys() ?? [])].filter((at) => at < past.to).map((at) => count(badBefore, allBefore, at));
  return {
    looks,
    before,
    reported: reports.map(([control, treatment]) => ({ control: figures[control] ?? [], treatment: figures[treatment] ?? [] })),
  };
}

type Figures = ReadonlyMap<number, number> | undefined;

/** Four questions: bad and all of the control, bad and all of the new side; how their figures become counts, and which of them tell of reports. */
interface Asked {
  readonly questions: readonly SeriesQuestion[];
  readonly count: (bad: Figures, all: Figures, at: number) => Count;
  readonly reports: readonly (readonly [control: number, treatment: number])[];
}

const rateQuestions = (component: RolloutComponent, { events, of }: Compared & { type: 'rate' }): Asked => ({
  questions: [component.from, component.to].flatMap((side) =>
    [events, of].map((metric) => ({ ...seriesOf(component, metric, side), statistic: 'Sum' })),
  ),
  count: (bad, all, at) => ({ events: bad?.get(at) ?? 0, total: all?.get(at) ?? 0 }),
  reports: [
    [0, 2],
    [1, 3],
  ],
});

/** Values beyond what the control keeps in 95 of 100 cases: a shift of the whole distribution shows there, whatever its shape. */
async function tailQuestions(
  metrics: Asks,
  component: RolloutComponent,
  { metric, is }: Compared & { type: 'metric' },
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Asked | undefined> {
  const below = is.startsWith('<');
  const statistic = below ? USUAL.below : USUAL.above;
  const whole = { from, to, periodMs: to - from };
  const [control] = await metrics.figures([{ ...seriesOf(component, metric, component.from), statistic }], whole);
  const usual = control?.[0]?.value;
  if (usual === undefined) return undefined;
  return {
    questions: [component.from, component.to].flatMap((side) =>
      [`PR(:${usual})`, 'SampleCount'].map((statistic) => ({ ...seriesOf(component, metric, side), statistic })),
    ),
    count: (rank, all, at) => {
      const seen = all?.get(at) ?? 0;
      const share = (rank?.get(at) ?? 100) / 100;
      return { events: Math.round(seen * (below ? share : 1 - share)), total: seen };
    },
    reports: [[1, 3]],
  };
}

const byTime = (figures: readonly MetricFigure[]): ReadonlyMap<number, number> =>
  new Map(figures.map(({ at, value }) => [at, value]));
