import { PutCompositeAlarmCommand, PutDashboardCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import type { Creator } from './creator.ts';

const Inputs = z.object({
  name: z.string(),
  alarmDescription: z.string(),
  namespace: z.string(),
  metricName: z.string(),
  dimensions: z.record(z.string(), z.string()),
  statistic: z.enum(['Sum', 'Maximum', 'Average', 'Minimum', 'SampleCount']),
  period: z.number(),
  evaluationPeriods: z.number(),
  threshold: z.number(),
  comparisonOperator: z.enum(['GreaterThanThreshold', 'GreaterThanOrEqualToThreshold', 'LessThanThreshold']),
  treatMissingData: z.string(),
  alarmActions: z.array(z.string()).optional(),
  okActions: z.array(z.string()).optional(),
});

export const createAlarm: Creator = async ({ inputs }, { clients: { cloudWatch } }) => {
  const alarm = Inputs.parse(inputs);
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName: alarm.name,
      AlarmDescription: alarm.alarmDescription,
      Namespace: alarm.namespace,
      MetricName: alarm.metricName,
      Dimensions: Object.entries(alarm.dimensions).map(([Name, Value]) => ({ Name, Value })),
      Statistic: alarm.statistic,
      Period: alarm.period,
      EvaluationPeriods: alarm.evaluationPeriods,
      Threshold: alarm.threshold,
      ComparisonOperator: alarm.comparisonOperator,
      TreatMissingData: alarm.treatMissingData,
      AlarmActions: alarm.alarmActions,
      OKActions: alarm.okActions,
    }),
  );
};

const Composite = z.object({
  alarmName: z.string(),
  alarmDescription: z.string(),
  alarmRule: z.string(),
  alarmActions: z.array(z.string()).optional(),
  okActions: z.array(z.string()).optional(),
});

export const createCompositeAlarm: Creator = async ({ inputs }, { clients: { cloudWatch } }) => {
  const alarm = Composite.parse(inputs);
  await cloudWatch.send(
    new PutCompositeAlarmCommand({
      AlarmName: alarm.alarmName,
      AlarmDescription: alarm.alarmDescription,
      AlarmRule: alarm.alarmRule,
      AlarmActions: alarm.alarmActions,
      OKActions: alarm.okActions,
    }),
  );
};

const Dashboard = z.object({ dashboardName: z.string(), dashboardBody: z.string() });

export const createDashboard: Creator = async ({ inputs }, { clients: { cloudWatch } }) => {
  const { dashboardName, dashboardBody } = Dashboard.parse(inputs);
  const { DashboardValidationMessages: problems = [] } = await cloudWatch.send(
    new PutDashboardCommand({ DashboardName: dashboardName, DashboardBody: dashboardBody }),
  );
  if (problems.length > 0) throw new Error(problems.map(({ DataPath, Message }) => `${DataPath}: ${Message}`).join('; '));
};
