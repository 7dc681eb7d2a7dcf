import { CreateQueueCommand, GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { type Creator, holds } from './creator.ts';

const Inputs = z.object({
  name: z.string(),
  messageRetentionSeconds: z.number(),
  sqsManagedSseEnabled: z.boolean().optional(),
  kmsMasterKeyId: z.string().optional(),
});

export const createQueue: Creator = async (resource, { clients: { sqs }, ids }) => {
  const { name, messageRetentionSeconds, sqsManagedSseEnabled, kmsMasterKeyId } = Inputs.parse(resource.inputs);
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({
      QueueName: name,
      Attributes: {
        MessageRetentionPeriod: String(messageRetentionSeconds),
        ...(sqsManagedSseEnabled === undefined ? {} : { SqsManagedSseEnabled: String(sqsManagedSseEnabled) }),
        ...(kmsMasterKeyId === undefined ? {} : { KmsMasterKeyId: kmsMasterKeyId }),
      },
    }),
  );
  ids.set(String(resource.outputs['url']), String(QueueUrl));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  holds(resource, 'arn', Attributes?.['QueueArn']);
};

const Policy = z.object({ queueUrl: z.string(), policy: z.string() });

export const guardQueue: Creator = async ({ inputs }, { clients: { sqs }, ids }) => {
  const { queueUrl, policy } = Policy.parse(inputs);
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: ids.get(queueUrl), Attributes: { Policy: policy } }));
};
