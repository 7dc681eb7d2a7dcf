import { Topic } from '@pulumi/aws/sns/topic.js';
import { TopicPolicy } from '@pulumi/aws/sns/topicPolicy.js';
import { all, ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import type { PlaneContext } from '../plane-context.ts';
import { alarmTopicPolicy } from '../policies/resource-policies.ts';

export interface GuardrailTopicArgs {
  readonly plane: PlaneContext;
}

/** Where the alarms of guardrails tell that they fire, and nothing else does. */
export class GuardrailTopic extends ComponentResource {
  readonly arn: Output<string>;

  constructor(name: string, { plane }: GuardrailTopicArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:GuardrailTopic', name, {}, options);
    const { naming, keyArn } = plane;
    // Not under the account's SNS key, to which CloudWatch cannot publish; an alarm's message holds names and figures only.
    const args = { name: naming.part('guardrails'), kmsMasterKeyId: keyArn, tags: naming.tags };
    this.arn = new Topic(`${name}-topic`, args, { parent: this }).arn;
    const policy = all([this.arn, naming.arns] as const).apply(([arn, arns]) =>
      JSON.stringify(alarmTopicPolicy(arn, arns, arns.guardrailAlarms)),
    );
    new TopicPolicy(`${name}-policy`, { arn: this.arn, policy }, { parent: this });
    this.registerOutputs({ arn: this.arn });
  }
}
