import { getCallerIdentity } from '@pulumi/aws/getCallerIdentity.js';
import { getPartition } from '@pulumi/aws/getPartition.js';
import { getRegion } from '@pulumi/aws/getRegion.js';

/** Where a stack is deployed. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** Asks AWS which account and region the deployer's credentials reach. */
export async function currentPlace(): Promise<Place> {
  const [partition, region, identity] = await Promise.all([getPartition({}), getRegion({}), getCallerIdentity({})]);
  return { partition: partition.partition, region: region.region, account: identity.accountId };
}
