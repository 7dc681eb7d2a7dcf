import {
  DescribeAlarmsCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { GetSubscriptionAttributesCommand, ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { parseAlarmOwner } from '../../../shared/rollout/alarm-owner.ts';
import type { Bed } from '../../scenarios/bed.ts';
import { ServedFlag } from '../../scenarios/served-flag.ts';
import { callFunction } from './call-function.ts';
import type { PeerPlane } from './peer-plane.ts';

const TEAM_ALARM = 'team-checkout-errors';
const component = 'search';

async function setTeamAlarm({ clients: { cloudWatch } }: PeerPlane, StateValue: 'OK' | 'ALARM'): Promise<void> {
  await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: TEAM_ALARM, StateValue, StateReason: 'a scenario' }));
}

/** An alarm that a team has already; it tells nobody of ours. */
async function quietTeamAlarm(plane: PeerPlane): Promise<void> {
  await plane.clients.cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName: TEAM_ALARM,
      Namespace: 'Checkout',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 10,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  );
  await setTeamAlarm(plane, 'OK');
}

/** What a guardrail is made of, where it is deployed. */
export function guardrailScenarios(bed: Bed, deployed: () => PeerPlane): void {
  const topicOf = ({ graph }: PeerPlane) =>
    String(
      graph.resources.find(({ type, name }) => type === 'aws:sns/topic:Topic' && name.includes('guardrail'))?.outputs['arn'],
    );
  const startRollout = async (over: object) => {
    const plane = await bed.start();
    const target = bed.target('guarded');
    const flag = await ServedFlag.at(plane, target);
    const phases = [{ name: 'only', components: [flag.rollout({ stages: [50, 100], bake: '10m', ...over })] }];
    const runId = await plane.startRun({ slipway: 1, name: 'guarded', target, phases });
    await plane.until(runId, ({ components }) => components[0]?.rollout?.enteredAt !== undefined);
    return { plane: deployed(), flag, runId };
  };

  describe('a guardrail', () => {
    it('has an alarm that knows its run, tells the topic of guardrails, and is removed by whatever ends the run', async () => {
      const { plane, flag, runId } = await startRollout({ look: '60s' });
      const { cloudWatch } = plane.clients;
      const AlarmNames = await plane.alarms(runId);
      const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames }));
      const [alarm] = MetricAlarms;
      expect(MetricAlarms).toHaveLength(1);
      expect(alarm).toMatchObject({ ActionsEnabled: true, AlarmActions: [topicOf(plane)], Period: 10, EvaluationPeriods: 3 });
      const owner = { runId, environment: 'test', component, guardrail: 'latency', flag: flag.key };
      expect(parseAlarmOwner(alarm?.AlarmDescription ?? '')).toEqual(owner);
      const { Tags = [] } = await cloudWatch.send(new ListTagsForResourceCommand({ ResourceARN: alarm?.AlarmArn }));
      expect(Object.fromEntries(Tags.map(({ Key = '', Value }) => [Key, Value]))).toEqual({
        'slipway:environment': 'test',
        'slipway:run': runId,
        'slipway:component': component,
      });

      await plane.call('rollback-run', { runId, reason: 'as it was' });
      expect(await plane.ended(runId)).toMatchObject({ status: 'rolled-back', locks: [] });
      expect(await flag.percent()).toBe(0);
      await expect.poll(() => plane.alarms(runId), { timeout: 30_000, interval: 100 }).toEqual([]);
    });

    const byTeam = { guardrails: [{ type: 'alarm', name: 'checkout', alarm: TEAM_ALARM }] };

    it('may be an alarm that a team has already: at the next look, the rollout is taken back', async () => {
      await quietTeamAlarm(deployed());
      const { plane, flag, runId } = await startRollout({ look: '1s', ...byTeam });
      expect(await plane.alarms(runId)).toEqual([]);
      expect(await flag.percent()).toBe(50);
      await setTeamAlarm(plane, 'ALARM');
      expect(await plane.ended(runId)).toMatchObject({ status: 'rolled-back', locks: [] });
      expect(await flag.percent()).toBe(0);
    });

    it('may be an alarm that a team has already: as soon as EventBridge tells it, the flag is on the old side', async () => {
      await quietTeamAlarm(deployed());
      const { plane, flag, runId } = await startRollout({ look: '60s', ...byTeam });
      // The peer sends no such event, and takes none in the name of AWS: the function is called as its rule would.
      const detail = { alarmName: TEAM_ALARM, state: { value: 'ALARM', reason: 'a scenario' } };
      const event = { source: 'aws.cloudwatch', 'detail-type': 'CloudWatch Alarm State Change', detail };
      const tripped = [{ alarm: TEAM_ALARM, failedOver: true, goingBack: true }];
      expect(await callFunction(plane, 'trip-guardrail', event)).toEqual({ tripped });
      expect(await flag.percent()).toBe(0);
      expect(await plane.ended(runId)).toMatchObject({ status: 'rolled-back', locks: [] });
      await expect.poll(() => callFunction(plane, 'trip-guardrail', event), { timeout: 30_000 }).toEqual({ tripped: [] });
    });

    it('is heard of by the function alone, and what cannot be delivered is kept', async () => {
      const plane = deployed();
      const { sns } = plane.clients;
      const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicOf(plane) }));
      expect(Subscriptions.map(({ Protocol, Endpoint }) => [Protocol, Endpoint])).toEqual([
        ['lambda', expect.stringContaining('trip-guardrail:live')],
      ]);
      const [{ SubscriptionArn } = {}] = Subscriptions;
      const { Attributes = {} } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
      expect(JSON.parse(Attributes['RedrivePolicy'] ?? '{}')).toEqual({
        deadLetterTargetArn: expect.stringMatching(/^arn:aws:sqs:.*undelivered/),
      });
    });
  });
}
