import { Queue } from '@pulumi/aws/sqs/queue.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import type { Naming } from '../naming.ts';

export interface UndeliveredQueueArgs {
  readonly naming: Naming;
}

const FOURTEEN_DAYS = 14 * 24 * 3600;

/** Where asynchronous events go that no function could handle; an alarm watches it. */
export class UndeliveredQueue extends ComponentResource {
  readonly arn: Output<string>;
  readonly url: Output<string>;
  readonly queueName: Output<string>;

  constructor(name: string, args: UndeliveredQueueArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:UndeliveredQueue', name, {}, options);
    const queue = new Queue(
      `${name}-queue`,
      {
        name: args.naming.part('undelivered'),
        messageRetentionSeconds: FOURTEEN_DAYS,
        sqsManagedSseEnabled: true,
        tags: args.naming.tags,
      },
      { parent: this },
    );
    this.arn = queue.arn;
    this.url = queue.url;
    this.queueName = queue.name;
    this.registerOutputs({ arn: this.arn });
  }
}
