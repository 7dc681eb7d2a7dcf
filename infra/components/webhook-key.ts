import { Secret } from '@pulumi/aws/secretsmanager/secret.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import type { PlaneContext } from '../plane-context.ts';

export interface WebhookKeyArgs {
  readonly plane: PlaneContext;
}

/** The one key from which the secrets of webhooks are derived. It is made with the first webhook; no program and no state has it. */
export class WebhookKey extends ComponentResource {
  readonly secretName: Output<string>;

  constructor(name: string, { plane }: WebhookKeyArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:WebhookKey', name, {}, options);
    const { naming, settings, keyArn } = plane;
    this.secretName = new Secret(
      `${name}-secret`,
      {
        name: naming.part('webhook-key'),
        description: 'The secrets of webhooks are derived from it',
        recoveryWindowInDays: settings.protectData ? 30 : 0,
        ...(keyArn === undefined ? {} : { kmsKeyId: keyArn }),
        tags: naming.tags,
      },
      { parent: this, protect: settings.protectData, retainOnDelete: settings.protectData },
    ).name;
    this.registerOutputs({ secretName: this.secretName });
  }
}
