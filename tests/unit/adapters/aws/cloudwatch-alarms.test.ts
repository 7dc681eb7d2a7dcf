import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  ResourceNotFound,
} from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { CloudWatchAlarms } from '../../../../adapters/aws/cloudwatch-alarms.ts';
import { StoreRejectedError } from '../../../../shared/errors/store-errors.ts';
import { alarmDefinition } from '../../../../shared/guardrails/alarm-definition.ts';
import { type GuardrailInput, guardrailSchema } from '../../../../shared/guardrails/guardrail.ts';
import type { Alarm } from '../../../../shared/ports/alarms.ts';
import { parseAlarmOwner } from '../../../../shared/rollout/alarm-owner.ts';

const cloudWatch = mockClient(CloudWatchClient);
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:slipway-alarms';
const alarms = new CloudWatchAlarms({
  client: new CloudWatchClient({ region: 'eu-west-1' }),
  topic: TOPIC,
  clock: { now: () => 0, sleep: async () => undefined },
  ids: { random: () => 0 },
});

const owner = { runId: 'run-1', environment: 'test', component: 'search', guardrail: 'errors', flag: 'new-search' };
const series = (metric: string) => ({ namespace: 'Shop', metric, dimensions: { variation: 'on' } });
const Dimensions = [{ Name: 'variation', Value: 'on' }];

function alarmOf(input: GuardrailInput, acts = true): Alarm {
  const guardrail = guardrailSchema.parse(input);
  if (guardrail.type === 'alarm') throw new TypeError('It has an alarm already.');
  const definition = alarmDefinition(guardrail);
  const names = Object.values(definition.metrics).map(({ metric }) => metric);
  return { name: 'slipway-test', owner, definition, series: Object.fromEntries(names.map((name) => [name, series(name)])), acts };
}

const put = async (alarm: Alarm) => {
  cloudWatch.on(PutMetricAlarmCommand).resolves({});
  await alarms.put(alarm);
  return cloudWatch.commandCalls(PutMetricAlarmCommand).at(-1)?.args[0].input;
};
const described = () => cloudWatch.commandCalls(DescribeAlarmsCommand).map((call) => call.args[0].input.AlarmNames ?? []);
const removed = () => cloudWatch.commandCalls(DeleteAlarmsCommand).map((call) => call.args[0].input.AlarmNames ?? []);

beforeEach(() => {
  cloudWatch.reset();
});

describe('CloudWatchAlarms.put', () => {
  it('puts the alarm of one metric in the plain form', async () => {
    const input = await put(
      alarmOf({
        name: 'slow',
        type: 'metric',
        metric: 'Latency',
        statistic: 'p95',
        limit: 500,
        period: '10s',
        window: '1m',
        lowSamples: 'ignore',
      }),
    );
    expect(input).toEqual({
      AlarmName: 'slipway-test',
      AlarmDescription: JSON.stringify(owner),
      ActionsEnabled: true,
      AlarmActions: [TOPIC],
      Namespace: 'Shop',
      MetricName: 'Latency',
      Dimensions,
      Period: 10,
      ExtendedStatistic: 'p95',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 500,
      EvaluationPeriods: 6,
      DatapointsToAlarm: 4,
      TreatMissingData: 'missing',
      EvaluateLowSampleCountPercentile: 'ignore',
      Tags: [
        { Key: 'slipway:environment', Value: 'test' },
        { Key: 'slipway:run', Value: 'run-1' },
        { Key: 'slipway:component', Value: 'search' },
      ],
    });
    expect(parseAlarmOwner(input?.AlarmDescription ?? '')).toEqual(owner);
  });

  it('puts a rate as metric math over both metrics', async () => {
    const input = await put(
      alarmOf({ name: 'errors', type: 'rate', events: 'Errors', of: 'Requests', limit: 1, missing: 'breaching' }),
    );
    const stat = (metric: string) => ({
      Metric: { Namespace: 'Shop', MetricName: metric, Dimensions },
      Period: 60,
      Stat: 'Sum',
    });
    expect(input?.Metrics).toEqual([
      { Id: 'events', MetricStat: stat('Errors'), ReturnData: false },
      { Id: 'total', MetricStat: stat('Requests'), ReturnData: false },
      { Id: 'figure', Expression: '100 * FILL(events, 0) / total', ReturnData: true },
    ]);
    expect(input?.TreatMissingData).toBe('breaching');
    for (const field of ['MetricName', 'Period', 'Statistic', 'EvaluateLowSampleCountPercentile'])
      expect(input).not.toHaveProperty(field);
  });

  it('gives its expression a name that no metric has', async () => {
    const metrics = { figure: { metric: 'A' }, figure_: { metric: 'B' } };
    const input = await put(alarmOf({ name: 'sum', type: 'math', metrics, expression: 'figure + figure_', is: '<=', limit: 0 }));
    expect(input?.Metrics?.map(({ Id }) => Id)).toEqual(['figure', 'figure_', 'figure__']);
    expect(input?.ComparisonOperator).toBe('LessThanOrEqualToThreshold');
  });

  it('tells nobody of an alarm that is only read', async () => {
    const input = await put(alarmOf({ name: 'busy', type: 'metric', metric: 'Cpu', limit: 90, is: '>=' }, false));
    expect(input).toMatchObject({
      ActionsEnabled: false,
      AlarmActions: [],
      Statistic: 'Average',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
  });

  it('puts them all although changes are throttled', async () => {
    const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    cloudWatch.on(PutMetricAlarmCommand).rejectsOnce(throttled).rejectsOnce(throttled).resolves({});
    await alarms.put(alarmOf({ name: 'busy', type: 'metric', metric: 'Cpu', limit: 90 }));
    expect(cloudWatch.commandCalls(PutMetricAlarmCommand)).toHaveLength(3);
  });

  it('says that the quota of alarms is used up', async () => {
    cloudWatch
      .on(PutMetricAlarmCommand)
      .rejects(Object.assign(new Error('limit'), { name: 'LimitExceededFault', $metadata: { httpStatusCode: 400 } }));
    const refused = alarms.put(alarmOf({ name: 'busy', type: 'metric', metric: 'Cpu', limit: 90 }));
    await expect(refused).rejects.toBeInstanceOf(StoreRejectedError);
    await expect(refused).rejects.toMatchObject({ next: expect.stringContaining('quota') });
  });
});

describe('CloudWatchAlarms.read', () => {
  it('reads plain and composite alarms, in order, and knows which are not there', async () => {
    cloudWatch.on(DescribeAlarmsCommand).resolves({
      MetricAlarms: [
        {
          AlarmName: 'plain',
          StateValue: 'ALARM',
          StateReason: 'Threshold Crossed',
          StateReasonData: JSON.stringify({
            version: '1.0',
            recentDatapoints: [1, 7],
            evaluatedDatapoints: [
              { timestamp: '2026-05-04T12:01:00.000+0000', sampleCount: 20, value: 9.5 },
              { timestamp: '2026-05-04T12:00:00.000+0000', sampleCount: 30, value: 1 },
              { timestamp: '2026-05-04T12:02:00.000+0000' },
            ],
          }),
        },
        { AlarmName: 'old', StateValue: 'OK', StateReasonData: '{"recentDatapoints":[4,5,null]}' },
      ],
      CompositeAlarms: [
        { AlarmName: 'whole', StateValue: 'OK', StateReason: 'all well', StateReasonData: '{"triggeringAlarms":[]}' },
      ],
    });
    const readings = await alarms.read(['whole', 'none', 'plain', 'old', 'plain']);
    const plain = { state: 'ALARM', reason: 'Threshold Crossed', value: 9.5, sample: 50, refused: [] };
    expect(readings).toEqual([
      { state: 'OK', reason: 'all well', value: null, sample: 0, refused: [] },
      undefined,
      plain,
      { state: 'OK', reason: 'CloudWatch gives no reason.', value: 5, sample: 0, refused: [] },
      plain,
    ]);
    expect(cloudWatch.commandCalls(DescribeAlarmsCommand)[0]?.args[0].input).toEqual({
      AlarmNames: ['whole', 'none', 'plain', 'old'],
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      MaxRecords: 100,
    });
  });

  it('knows no figure where CloudWatch tells none that can be read', async () => {
    for (const StateReasonData of [undefined, '{', '[]', '{"recentDatapoints":"many"}']) {
      cloudWatch
        .on(DescribeAlarmsCommand)
        .resolves({ MetricAlarms: [{ AlarmName: 'a', StateValue: 'OK', ...(StateReasonData && { StateReasonData }) }] });
      expect((await alarms.read(['a']))[0]).toMatchObject({ value: null, sample: 0 });
    }
  });

  it('asks for at most 100 at once, and for the rest while there is a token', async () => {
    cloudWatch
      .on(DescribeAlarmsCommand)
      .resolvesOnce({ MetricAlarms: [{ AlarmName: 'a0', StateValue: 'OK' }], NextToken: 'more' })
      .resolvesOnce({ MetricAlarms: [{ AlarmName: 'a1', StateValue: 'OK' }] })
      .resolves({});
    const readings = await alarms.read(Array.from({ length: 250 }, (_, index) => `a${index}`));
    expect(described().map(({ length }) => length)).toEqual([100, 100, 100, 50]);
    expect(readings.slice(0, 3).map((reading) => reading?.state)).toEqual(['OK', 'OK', undefined]);
    expect(await alarms.read([])).toEqual([]);
  });
});

describe('CloudWatchAlarms.remove', () => {
  it('removes at most 100 at once', async () => {
    cloudWatch.on(DeleteAlarmsCommand).resolves({});
    await alarms.remove(Array.from({ length: 130 }, (_, index) => `a${index}`));
    await alarms.remove([]);
    expect(removed().map(({ length }) => length)).toEqual([100, 30]);
    expect(described()).toEqual([]);
  });

  it('removes the others where some are gone', async () => {
    const gone = new ResourceNotFound({ message: 'a', $metadata: {} });
    cloudWatch.on(DeleteAlarmsCommand).rejectsOnce(gone).resolves({});
    cloudWatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [{ AlarmName: 'b' }] });
    await alarms.remove(['a', 'b']);
    expect(removed()).toEqual([['a', 'b'], ['b']]);
  });

  it('is content where all are gone', async () => {
    cloudWatch.on(DeleteAlarmsCommand).rejects(new ResourceNotFound({ message: 'a', $metadata: {} }));
    cloudWatch.on(DescribeAlarmsCommand).resolves({});
    await alarms.remove(['a', 'b']);
    expect(removed()).toEqual([['a', 'b']]);
  });

  it('says so where it may not', async () => {
    cloudWatch
      .on(DeleteAlarmsCommand)
      .rejects(Object.assign(new Error('no'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }));
    await expect(alarms.remove(['a'])).rejects.toBeInstanceOf(StoreRejectedError);
  });
});
