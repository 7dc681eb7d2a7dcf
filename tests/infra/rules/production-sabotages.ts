import { put } from '../sabotage.ts';
import { altered, changed, type Sabotage } from './broken.ts';
import { BUCKET, LOG_GROUP, TABLE } from './rule.ts';

export const PRODUCTION_SABOTAGES: readonly Sabotage[] = [
  altered('data resources are protected and kept', TABLE, 'the table is not protected', { protect: false }, [TABLE, 'protect']),
  altered('data resources are protected and kept', BUCKET, 'the bucket goes', { retainOnDelete: false }, [BUCKET, 'retain']),
  changed(
    'tables refuse deletion',
    TABLE,
    'deletion allowed',
    put({ deletionProtectionEnabled: false }),
    'deletionProtectionEnabled',
  ),
  changed('buckets refuse deletion while they hold objects', BUCKET, 'forced', put({ forceDestroy: true }), 'forceDestroy'),
  changed('logs are kept for a year', LOG_GROUP, 'a month', put({ retentionInDays: 30 }), 'logRetentionDays'),
  changed(
    'traffic moves in steps',
    'aws:codedeploy/deploymentGroup:DeploymentGroup',
    'all at once',
    put({ deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce' }),
    'slipway:deployment',
  ),
];
