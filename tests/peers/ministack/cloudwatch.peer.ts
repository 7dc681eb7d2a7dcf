import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cloudWatchClient } from '../../../adapters/aws/clients.ts';
import { CloudWatchAlarms } from '../../../adapters/aws/cloudwatch-alarms.ts';
import { CloudWatchMetrics } from '../../../adapters/aws/cloudwatch-metrics.ts';
import { systemClock } from '../../../adapters/embedded/system-clock.ts';
import { systemIds } from '../../../adapters/embedded/system-ids.ts';
import { parseAlarmOwner } from '../../../shared/rollout/alarm-owner.ts';
import { alarmsContract, anAlarm } from '../../contracts/alarms-contract.ts';
import { metricsContract } from '../../contracts/metrics-contract.ts';
import { withPeer } from '../../contracts/peer.ts';
import { clientsOf, PLACE } from './clients.ts';
import { MiniStack, missingMiniStack } from './ministack.ts';

const LEFT_OUT = {
  'tells how many percent of the values keep a limit': 'it takes PR(:x) for an average',
};

withPeer('MiniStack', missingMiniStack(), () => {
  let peer: MiniStack;
  const options = () => ({
    client: cloudWatchClient({ ...PLACE, endpoint: peer.endpoint, requestTimeout: 60_000 }),
    clock: systemClock,
    ids: systemIds(),
  });

  beforeAll(async () => {
    peer = await MiniStack.start(await mkdtemp(join(tmpdir(), 'slipway-peer-')));
  });

  afterAll(() => peer.stop());

  metricsContract('MiniStack', async () => ({
    metrics: new CloudWatchMetrics(options()),
    now: () => systemClock.now(),
    leftOut: LEFT_OUT,
    close: async () => undefined,
  }));

  alarmsContract('MiniStack', async () => ({
    alarms: new CloudWatchAlarms({ ...options(), topic: 'arn:aws:sns:us-east-1:000000000000:alarms' }),
    close: async () => undefined,
  }));

  it('hears through SNS whose alarm went off', async () => {
    const { sns, sqs } = clientsOf(peer.endpoint);
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'told' }));
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'alarms' }));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    const Statement = [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: Attributes?.QueueArn }];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: Attributes?.QueueArn }));
    const alarms = new CloudWatchAlarms({ ...options(), topic: TopicArn });
    const { definition, series } = anAlarm('any');
    const plain = { ...definition, metrics: { m: { metric: 'Errors', statistic: 'Sum' } }, expression: 'm', threshold: 3 };
    const acting = anAlarm('acting', { definition: plain });
    await alarms.put(acting);
    await alarms.put(anAlarm('read-only', { definition: plain, acts: false }));
    const { Errors } = series;
    if (!Errors) throw new TypeError('The alarm has other metrics.');
    await new CloudWatchMetrics(options()).put([{ ...Errors, at: systemClock.now(), values: [2], counts: [5] }]);
    expect((await alarms.read(['acting', 'read-only'])).map((reading) => reading?.state)).toEqual(['ALARM', 'ALARM']);
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5, MaxNumberOfMessages: 10 }),
    );
    const told = Messages.map(({ Body }) => JSON.parse(JSON.parse(Body ?? '').Message));
    expect(told.map(({ AlarmName, NewStateValue }) => [AlarmName, NewStateValue])).toEqual([['acting', 'ALARM']]);
    expect(parseAlarmOwner(told[0].AlarmDescription)).toEqual(acting.owner);
  });
});
