import { CreateTopicCommand, SetTopicAttributesCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { type Creator, holds } from './creator.ts';

const Inputs = z.object({ name: z.string(), kmsMasterKeyId: z.string().optional() });

export const createTopic: Creator = async (resource, { clients: { sns } }) => {
  const { name, kmsMasterKeyId } = Inputs.parse(resource.inputs);
  const attributes = kmsMasterKeyId === undefined ? {} : { Attributes: { KmsMasterKeyId: kmsMasterKeyId } };
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name, ...attributes }));
  holds(resource, 'arn', TopicArn);
};

const Policy = z.object({ arn: z.string(), policy: z.string() });

export const guardTopic: Creator = async ({ inputs }, { clients: { sns } }) => {
  const { arn, policy } = Policy.parse(inputs);
  await sns.send(new SetTopicAttributesCommand({ TopicArn: arn, AttributeName: 'Policy', AttributeValue: policy }));
};

const Subscription = z.object({
  topic: z.string(),
  protocol: z.string(),
  endpoint: z.string(),
  redrivePolicy: z.string().optional(),
});

export const subscribe: Creator = async ({ inputs }, { clients: { sns } }) => {
  const { topic, protocol, endpoint, redrivePolicy } = Subscription.parse(inputs);
  const attributes = redrivePolicy === undefined ? {} : { Attributes: { RedrivePolicy: redrivePolicy } };
  await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: protocol, Endpoint: endpoint, ...attributes }));
};
