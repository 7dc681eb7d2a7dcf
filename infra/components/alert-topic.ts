import { Topic } from '@pulumi/aws/sns/topic.js';
import { TopicPolicy } from '@pulumi/aws/sns/topicPolicy.js';
import { TopicSubscription } from '@pulumi/aws/sns/topicSubscription.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import type { PlaneContext } from '../plane-context.ts';
import { alertTopicPolicy } from '../policies/resource-policies.ts';

export interface AlertTopicArgs {
  readonly plane: PlaneContext;
}

/** Through it people are told of alerts: what happens to runs. What happens to Slipway itself comes by the topic of alarms. */
export class AlertTopic extends ComponentResource {
  readonly arn: Output<string>;

  constructor(name: string, { plane }: AlertTopicArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:AlertTopic', name, {}, options);
    const { naming, settings, keyArn } = plane;
    const key = keyArn ?? 'alias/aws/sns';
    this.arn = new Topic(
      `${name}-topic`,
      { name: naming.part('alerts'), kmsMasterKeyId: key, tags: naming.tags },
      { parent: this },
    ).arn;
    const policy = this.arn.apply((arn) => JSON.stringify(alertTopicPolicy(arn)));
    new TopicPolicy(`${name}-policy`, { arn: this.arn, policy }, { parent: this });
    if (settings.alarmEmail !== undefined) {
      const to = { topic: this.arn, protocol: 'email', endpoint: settings.alarmEmail };
      new TopicSubscription(`${name}-email`, to, { parent: this });
    }
    this.registerOutputs({ arn: this.arn });
  }
}
