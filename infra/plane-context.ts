import type { Output } from '@pulumi/pulumi';
import type { Naming } from './naming.ts';
import type { Settings } from './settings.ts';

/** What every component of one control plane shares. */
export interface PlaneContext {
  readonly naming: Naming;
  readonly settings: Settings;
  /** Of the customer-managed key; undefined: what is stored is encrypted under keys of AWS. */
  readonly keyArn: Output<string> | undefined;
}
