import type { ThresholdGuardrail } from './guardrail.ts';
import { periodMs } from './guardrail-period.ts';
import { percentileOf } from './statistic.ts';

export interface MetricStatistic {
  readonly metric: string;
  readonly statistic: string;
}

/** An alarm, as CloudWatch and the embedded evaluator both take it. */
export interface AlarmDefinition {
  /** By the name that the expression gives them. */
  readonly metrics: Readonly<Record<string, MetricStatistic>>;
  /** Metric math over those names: what is compared with the threshold. */
  readonly expression: string;
  readonly operator: '>' | '>=' | '<' | '<=';
  readonly threshold: number;
  readonly periodMs: number;
  /** N of CloudWatch's M of N. */
  readonly evaluationPeriods: number;
  /** M of CloudWatch's M of N. */
  readonly datapointsToAlarm: number;
  readonly missing: ThresholdGuardrail['missing'];
  readonly lowSamples: ThresholdGuardrail['lowSamples'];
}

/** The alarm of a guardrail; both planes are built from it, so they cannot differ. */
export function alarmDefinition(guardrail: ThresholdGuardrail): AlarmDefinition {
  const period = periodMs(guardrail);
  const periods = guardrail.window / period;
  return {
    ...measured(guardrail),
    operator: guardrail.is,
    threshold: guardrail.limit,
    periodMs: period,
    evaluationPeriods: periods,
    // Most of the window, so that neither one bad period trips it nor one good period hides a bad four minutes.
    datapointsToAlarm: guardrail.breaching ?? Math.ceil(periods * 0.6),
    missing: guardrail.missing,
    lowSamples: guardrail.lowSamples,
  };
}

function measured(guardrail: ThresholdGuardrail): Pick<AlarmDefinition, 'metrics' | 'expression'> {
  if (guardrail.type === 'math') return { metrics: guardrail.metrics, expression: guardrail.expression };
  if (guardrail.type === 'metric') {
    return { metrics: { m: { metric: guardrail.metric, statistic: guardrail.statistic } }, expression: 'm' };
  }
  const sum = (metric: string): MetricStatistic => ({ metric, statistic: 'Sum' });
  return {
    metrics: { events: sum(guardrail.events), total: sum(guardrail.of) },
    expression: '100 * FILL(events, 0) / total',
  };
}

/** The names of the metrics that a guardrail needs. */
export const metricsOf = (definition: Pick<AlarmDefinition, 'metrics'>): string[] => [
  ...new Set(Object.values(definition.metrics).map(({ metric }) => metric)),
];

/** What CloudWatch calls the operators. */
export const COMPARISONS = {
  '>': 'GreaterThanThreshold',
  '>=': 'GreaterThanOrEqualToThreshold',
  '<': 'LessThanThreshold',
  '<=': 'LessThanOrEqualToThreshold',
} as const satisfies Record<AlarmDefinition['operator'], string>;

/** What CloudWatch calls the figure of the expression: none of the names in it. */
export function figureId({ metrics }: Pick<AlarmDefinition, 'metrics'>): string {
  let id = 'figure';
  while (Object.hasOwn(metrics, id)) id += '_';
  return id;
}

export const hasPercentile = ({ metrics }: Pick<AlarmDefinition, 'metrics'>): boolean =>
  Object.values(metrics).some(({ statistic }) => percentileOf(statistic) !== undefined);
