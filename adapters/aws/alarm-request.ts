import type { MetricDataQuery, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { COMPARISONS, figureId, hasPercentile } from '../../shared/guardrails/alarm-definition.ts';
import { percentileOf } from '../../shared/guardrails/statistic.ts';
import type { Alarm } from '../../shared/ports/alarms.ts';
import { describeAlarmOwner } from '../../shared/rollout/alarm-owner.ts';
import { metricOf } from './cloudwatch-metrics.ts';

/** The alarm as CloudWatch takes it. `topic`: the ARN that hears of its transitions to ALARM, where it acts. */
export function alarmRequest(alarm: Alarm, topic: string): PutMetricAlarmInput {
  const { name, owner, definition, acts } = alarm;
  return {
    AlarmName: name,
    AlarmDescription: describeAlarmOwner(owner),
    ActionsEnabled: acts,
    AlarmActions: acts ? [topic] : [],
    ...measured(alarm),
    ComparisonOperator: COMPARISONS[definition.operator],
    Threshold: definition.threshold,
    EvaluationPeriods: definition.evaluationPeriods,
    DatapointsToAlarm: definition.datapointsToAlarm,
    TreatMissingData: definition.missing,
    ...(definition.lowSamples === 'ignore' && hasPercentile(definition) ? { EvaluateLowSampleCountPercentile: 'ignore' } : {}),
    Tags: [
      { Key: 'slipway:environment', Value: owner.environment },
      { Key: 'slipway:run', Value: owner.runId },
      { Key: 'slipway:component', Value: owner.component },
    ],
  };
}

/** One metric alone goes without metric math: such alarms are cheaper, and shown with their datapoints. */
function measured({ definition, series }: Alarm): Partial<PutMetricAlarmInput> {
  const seconds = definition.periodMs / 1000;
  const alone = definition.metrics[definition.expression.trim()];
  if (alone !== undefined) {
    const statistic = percentileOf(alone.statistic) === undefined ? 'Statistic' : 'ExtendedStatistic';
    return { ...metricOf(seriesOf(series, alone.metric)), Period: seconds, [statistic]: alone.statistic };
  }
  const parts = Object.entries(definition.metrics).map(([Id, { metric, statistic }]): MetricDataQuery => {
    return {
      Id,
      MetricStat: { Metric: metricOf(seriesOf(series, metric)), Period: seconds, Stat: statistic },
      ReturnData: false,
    };
  });
  return { Metrics: [...parts, { Id: figureId(definition), Expression: definition.expression, ReturnData: true }] };
}

function seriesOf(series: Alarm['series'], metric: string) {
  const found = series[metric];
  if (found === undefined) throw new TypeError(`The alarm names no series for its metric ${metric}.`);
  return found;
}
