import { getCallerIdentityOutput } from '@pulumi/aws/getCallerIdentity.js';
import { getPartitionOutput } from '@pulumi/aws/getPartition.js';
import { getRegionOutput } from '@pulumi/aws/getRegion.js';
import { all, type InvokeOutputOptions, type Output } from '@pulumi/pulumi';

/** Where a stack is deployed. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** Asks AWS which account and region the provider's credentials reach. */
export function currentPlace(options: InvokeOutputOptions = {}): Output<Place> {
  const asked = all([getPartitionOutput({}, options), getRegionOutput({}, options), getCallerIdentityOutput({}, options)]);
  return asked.apply(([partition, region, identity]) => ({
    partition: partition.partition,
    region: region.region,
    account: identity.accountId,
  }));
}
