import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it } from 'vitest';
import { SnsNotifier } from '../../../../adapters/aws/sns-notifier.ts';
import { lineNotifier } from '../../../../adapters/embedded/line-notifier.ts';
import type { Notice } from '../../../../shared/ports/notifier.ts';

const NOTICE: Notice = {
  id: 'a1',
  environment: 'production',
  code: 'MIGRATION_FAILED',
  severity: 'critical',
  title: 'A run failed',
  subject: 'run/r1',
  message: 'Run r1 failed: no Größe',
  next: 'slipway status r1',
  escalations: 1,
};

it('publishes what happened and what to do, with the words by which subscriptions filter', async () => {
  const client = mockClient(SNSClient);
  client.on(PublishCommand).resolves({ MessageId: '1' });
  await new SnsNotifier({ client: new SNSClient({ region: 'eu-west-1' }), topic: 'arn:topic' }).tell({
    ...NOTICE,
    title: `Größe\n${'x'.repeat(200)}`,
  });
  const input = client.commandCalls(PublishCommand)[0]?.args[0].input;
  expect(input).toMatchObject({
    TopicArn: 'arn:topic',
    Message: 'Run r1 failed: no Größe\n\nNext: slipway status r1\n\nMIGRATION_FAILED. To acknowledge it: slipway alerts ack a1',
    MessageAttributes: { severity: { StringValue: 'critical' }, escalation: { StringValue: 'true' } },
  });
  // SNS refuses a subject that is longer, or holds anything but printable ASCII.
  expect(input?.Subject).toMatch(/^[ -~]{1,100}$/);
  expect(input?.Subject).toContain('[critical] Still open: Gr??e?xxx');
});

it.each([
  ['ThrottlingException', 'STORE_THROTTLED'],
  ['InternalFailure', 'STORE_UNANSWERED'],
  ['NotFoundException', 'STORE_REJECTED'],
])('tells of %s as %s', async (name, code) => {
  const client = mockClient(SNSClient);
  client.on(PublishCommand).rejects(Object.assign(new Error('no'), { name }));
  const notifier = new SnsNotifier({ client: new SNSClient({ region: 'eu-west-1' }), topic: 'arn:topic' });
  await expect(notifier.tell(NOTICE)).rejects.toMatchObject({ code });
});

it('tells the console of the embedded control plane the same', async () => {
  const lines: string[] = [];
  await lineNotifier((line) => lines.push(line)).tell(NOTICE);
  expect(lines).toEqual([
    '[critical] Still open: A run failed (production)',
    '  Run r1 failed: no Größe',
    '  Next: slipway status r1',
    '  MIGRATION_FAILED. To acknowledge it: slipway alerts ack a1',
  ]);
});
