import { DescribeAlarmsCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { allow, policyDocument } from '../../../infra/policies/policy-document.ts';
import type { Bed } from '../../scenarios/bed.ts';
import type { PeerPlane } from './peer-plane.ts';

const arnOfQueue = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;

/** A queue of whoever listens, into which a service may put. */
async function listener({ clients: { sqs } }: PeerPlane, name: string, service: string): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const deliver = allow('Deliver', ['sqs:SendMessage'], [arnOfQueue(name)]);
  const Policy = JSON.stringify(
    policyDocument(...deliver.map((statement) => ({ ...statement, Principal: { Service: service } }))),
  );
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  return QueueUrl;
}

/** The bodies of messages, until there are so many. */
async function received<Body>({ clients: { sqs } }: PeerPlane, QueueUrl: string, enough: (bodies: Body[]) => boolean) {
  const bodies: Body[] = [];
  while (!enough(bodies)) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }),
    );
    bodies.push(...Messages.map(({ Body = 'null' }) => JSON.parse(Body) as Body));
  }
  return bodies;
}

interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: { readonly runId: string; readonly item: string; readonly rev: number };
}

/** What leaves the control plane. */
export function deliveryScenarios(bed: Bed, deployed: () => PeerPlane): void {
  describe('the event bus', () => {
    it('delivers every event of a run to whoever listens', async () => {
      await bed.start();
      const plane = deployed();
      const { events } = plane.clients;
      const bus = String(plane.graph.outputs['busName']);
      const queue = await listener(plane, 'scenario-events', 'events.amazonaws.com');
      const EventPattern = JSON.stringify({ source: ['slipway'] });
      await events.send(new PutRuleCommand({ Name: 'scenario-events', EventBusName: bus, EventPattern }));
      const Targets = [{ Id: 'queue', Arn: arnOfQueue('scenario-events') }];
      await events.send(new PutTargetsCommand({ Rule: 'scenario-events', EventBusName: bus, Targets }));

      const runId = await plane.startRun({
        slipway: 1,
        name: 'told',
        target: bed.target('told'),
        phases: [{ name: 'only', components: [{ name: 'one', kind: 'task', run: bed.code('step'), items: ['a'] }] }],
      });
      await plane.ended(runId);
      const timeline = await plane.call('get-timeline', { runId, limit: 1000 });
      const key = ({ item, rev }: BusEvent['detail']) => `${item}/${rev}`;
      const expected = timeline.events.map(key);
      const told = await received<BusEvent>(plane, queue, (bodies) => {
        const keys = bodies.map(({ detail }) => key(detail));
        return expected.every((event) => keys.includes(event));
      });
      expect(told.map((event) => event['detail-type'])).toContain('runCreated');
      expect(new Set(told.map(({ source, detail }) => `${source} ${detail.runId}`))).toEqual(new Set([`slipway ${runId}`]));
    });
  });

  describe('an alarm', () => {
    it('is told to the topic when it goes off', async () => {
      const plane = deployed();
      const { cloudWatch, sns } = plane.clients;
      const queue = await listener(plane, 'scenario-alarms', 'sns.amazonaws.com');
      const TopicArn = String(plane.graph.outputs['alarmTopicArn']);
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: arnOfQueue('scenario-alarms') }));
      const AlarmName = 'slipway-test-undelivered-events';
      await cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'a scenario' }));
      const [told] = await received<{ Message: string }>(plane, queue, (bodies) => bodies.length > 0);
      expect(JSON.parse(told?.Message ?? '{}')).toMatchObject({ AlarmName, NewStateValue: 'ALARM' });
      const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }));
      expect(MetricAlarms[0]?.AlarmActions).toEqual([TopicArn]);
    });
  });
}
