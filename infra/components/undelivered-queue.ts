import { Queue } from '@pulumi/aws/sqs/queue.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import type { PlaneContext } from '../plane-context.ts';

export interface UndeliveredQueueArgs {
  readonly plane: PlaneContext;
}

const FOURTEEN_DAYS = 14 * 24 * 3600;

/** Where asynchronous events go that no function could handle; an alarm watches it. */
export class UndeliveredQueue extends ComponentResource {
  readonly arn: Output<string>;
  readonly url: Output<string>;
  readonly queueName: Output<string>;

  constructor(name: string, args: UndeliveredQueueArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:UndeliveredQueue', name, {}, options);
    const { naming, keyArn } = args.plane;
    const queue = new Queue(
      `${name}-queue`,
      {
        name: naming.part('undelivered'),
        messageRetentionSeconds: FOURTEEN_DAYS,
        ...(keyArn === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: keyArn }),
        tags: naming.tags,
      },
      { parent: this },
    );
    this.arn = queue.arn;
    this.url = queue.url;
    this.queueName = queue.name;
    this.registerOutputs({ arn: this.arn });
  }
}
