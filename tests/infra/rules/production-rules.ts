import type { ResourceGraph } from '../../../local/graph/resource-graph.ts';
import { BUCKET, each, KEY, LOG_GROUP, ofType, type Rules, SECRET, TABLE } from './rule.ts';

const isData = (type: string) => [TABLE, KEY, SECRET].includes(type) || type.startsWith('aws:s3/');

/** Where data must outlive a mistake. */
export const PRODUCTION_RULES: Rules = {
  'data resources are protected and kept': (graph) =>
    graph.resources
      .filter(({ type }) => isData(type))
      .filter((resource) => !resource.protect || !resource.retainOnDelete)
      .map((resource) => `${resource.type} ${resource.name}: pass protect and retainOnDelete`),
  'tables refuse deletion': each(
    TABLE,
    'set deletionProtectionEnabled',
    (inputs) => inputs['deletionProtectionEnabled'] === true,
  ),
  'buckets refuse deletion while they hold objects': each(
    BUCKET,
    'clear forceDestroy',
    (inputs) => inputs['forceDestroy'] !== true,
  ),
  // CKV_AWS_338
  'logs are kept for a year': each(
    LOG_GROUP,
    'set slipway:logRetentionDays to 365 or more',
    (inputs) => Number(inputs['retentionInDays']) >= 365,
  ),
  'traffic moves in steps': each(
    'aws:codedeploy/deploymentGroup:DeploymentGroup',
    'set slipway:deployment to a canary or a linear one',
    (inputs) => !String(inputs['deploymentConfigName']).endsWith('AllAtOnce'),
  ),
};

/** USD a month, without free tiers, in us-east-1: https://aws.amazon.com/(cloudwatch, kms, secrets-manager)/pricing. */
const MONTHLY_USD: { readonly [type: string]: number } = {
  'aws:cloudwatch/metricAlarm:MetricAlarm': 0.1,
  'aws:cloudwatch/compositeAlarm:CompositeAlarm': 0.5,
  'aws:cloudwatch/dashboard:Dashboard': 3,
  [SECRET]: 0.4,
  [KEY]: 1,
};

/** What a stack costs a month by being there, in USD. The first three dashboards of an account, of 50 metrics at most, are free. */
export const idleCost = (graph: ResourceGraph, freeDashboards = 3): number => {
  const paid = Object.entries(MONTHLY_USD).map(([type, usd]) => {
    const count = ofType(graph, type).length;
    return usd * (type.startsWith('aws:cloudwatch/dashboard') ? Math.max(0, count - freeDashboards) : count);
  });
  return paid.reduce((sum, usd) => sum + usd, 0);
};
