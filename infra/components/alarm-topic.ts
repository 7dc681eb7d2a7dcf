import { Topic } from '@pulumi/aws/sns/topic.js';
import { TopicPolicy } from '@pulumi/aws/sns/topicPolicy.js';
import { TopicSubscription } from '@pulumi/aws/sns/topicSubscription.js';
import { all, ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import type { PlaneContext } from '../plane-context.ts';
import { alarmTopicPolicy } from '../policies/resource-policies.ts';
import { UNWELL } from './unwell-alarm.ts';

export interface AlarmTopicArgs {
  readonly plane: PlaneContext;
}

/** Where every alarm of the plane tells of its changes. A person gets those of "Slipway is unwell" and of rotated secrets by e-mail. */
export class AlarmTopic extends ComponentResource {
  readonly arn: Output<string>;

  constructor(name: string, args: AlarmTopicArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:AlarmTopic', name, {}, options);
    const { naming, settings, keyArn } = args.plane;
    const topic = new Topic(
      `${name}-topic`,
      {
        name: naming.part('alarms'),
        // Not under the account's SNS key: CloudWatch cannot publish to a topic under it, and an alarm's message holds names only.
        kmsMasterKeyId: keyArn,
        tags: naming.tags,
      },
      { parent: this },
    );
    this.arn = topic.arn;
    const policy = all([topic.arn, naming.arns] as const).apply(([arn, arns]) =>
      JSON.stringify(alarmTopicPolicy(arn, arns, arns.alarm('*'))),
    );
    new TopicPolicy(`${name}-policy`, { arn: topic.arn, policy }, { parent: this });
    if (settings.alarmEmail !== undefined) {
      new TopicSubscription(
        `${name}-email`,
        {
          topic: topic.arn,
          protocol: 'email',
          endpoint: settings.alarmEmail,
          filterPolicyScope: 'MessageBody',
          // Rotated secrets are declared beside the plane, in other programs too: no alarm over all knows theirs.
          filterPolicy: JSON.stringify({ AlarmName: [naming.part(UNWELL), { prefix: naming.rotatedSecret('') }] }),
        },
        { parent: this },
      );
    }
    this.registerOutputs({ arn: this.arn });
  }
}
