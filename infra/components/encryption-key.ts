import { Alias } from '@pulumi/aws/kms/alias.js';
import { Key } from '@pulumi/aws/kms/key.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import type { Naming } from '../naming.ts';
import { keyPolicy } from '../policies/key-policy.ts';

export interface EncryptionKeyArgs {
  readonly naming: Naming;
  /** Kept when the stack goes: what is encrypted under it could not be read again. */
  readonly protectData: boolean;
}

/** The customer's own key for all that the plane stores; AWS turns it every year. */
export class EncryptionKey extends ComponentResource {
  readonly arn: Output<string>;

  constructor(name: string, args: EncryptionKeyArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:EncryptionKey', name, {}, options);
    const { naming, protectData } = args;
    const key = new Key(
      `${name}-key`,
      {
        description: `What ${naming.plane} stores`,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: naming.arns.apply((arns) => JSON.stringify(keyPolicy(arns))),
        tags: naming.tags,
      },
      { parent: this, protect: protectData, retainOnDelete: protectData },
    );
    new Alias(`${name}-alias`, { name: `alias/${naming.plane}`, targetKeyId: key.keyId }, { parent: this });
    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
