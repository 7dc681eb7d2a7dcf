import { drop, put, rewrite } from '../sabotage.ts';
import { changed, removed, type Sabotage } from './broken.ts';
import { BUCKET, KEY, LOG_GROUP, QUEUE, SECRET, TABLE, TOPIC } from './rule.ts';

const BUCKET_ENCRYPTION = 'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration';
const LIFECYCLE = 'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration';
const BUCKET_POLICY = 'aws:s3/bucketPolicy:BucketPolicy';
const QUEUE_POLICY = 'aws:sqs/queuePolicy:QueuePolicy';
const TOPIC_POLICY = 'aws:sns/topicPolicy:TopicPolicy';

const unconditional = rewrite('policy', ({ Condition: _, ...rest }) => rest);
const without = (key: string) => put({ rules: [{ id: 'old-versions', [key]: undefined }] });

export const STORAGE_SABOTAGES: readonly Sabotage[] = [
  changed('tables are encrypted', TABLE, 'no encryption', drop('serverSideEncryption'), 'serverSideEncryption'),
  changed(
    'tables can be restored to a point in time',
    TABLE,
    'recovery off',
    put({ pointInTimeRecovery: { enabled: false } }),
    'pointInTimeRecovery',
  ),
  changed('tables clear what has expired', TABLE, 'no TTL', drop('ttl'), 'ttl'),
  changed('tables are paid by request', TABLE, 'provisioned', put({ billingMode: 'PROVISIONED' }), 'PAY_PER_REQUEST'),
  removed('buckets are encrypted', BUCKET_ENCRYPTION, [BUCKET, 'BucketServerSideEncryptionConfiguration']),
  changed(
    'buckets are private',
    'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock',
    'public policies',
    put({ blockPublicPolicy: false }),
    [BUCKET, 'BucketPublicAccessBlock'],
  ),
  removed('buckets know no access lists', 'aws:s3/bucketOwnershipControls:BucketOwnershipControls', [
    BUCKET,
    'BucketOwnerEnforced',
  ]),
  changed('buckets are reached over TLS only', BUCKET_POLICY, 'the condition is gone', unconditional, [
    BUCKET,
    'tlsOnlyBucketPolicy',
  ]),
  removed('buckets keep old versions', 'aws:s3/bucketVersioning:BucketVersioning', [BUCKET, 'BucketVersioning']),
  changed('buckets forget old versions', LIFECYCLE, 'kept for ever', without('noncurrentVersionExpiration'), [
    BUCKET,
    'lifecycle',
  ]),
  changed('buckets forget uploads that nobody ended', LIFECYCLE, 'kept for ever', without('abortIncompleteMultipartUpload'), [
    BUCKET,
    'abortIncompleteMultipartUpload',
  ]),
  changed('queues are encrypted', QUEUE, 'no encryption', drop('sqsManagedSseEnabled'), 'sqsManagedSseEnabled'),
  changed('queues are reached over TLS only', QUEUE_POLICY, 'the condition is gone', unconditional, [
    QUEUE,
    'undeliveredQueuePolicy',
  ]),
  changed('topics are reached over TLS only', TOPIC_POLICY, 'the condition is gone', unconditional, [TOPIC, 'alarmTopicPolicy']),
  changed(
    'log groups forget',
    LOG_GROUP,
    'kept for ever',
    drop('retentionInDays'),
    'retentionInDays',
    'slipway-fn-start-run-logs',
  ),
];

const UNDER = 'all that is stored is under the key';
const SENDERS = 'services that put something in may use the key';

/** The key's policy, without what it says of a service, or with another source. */
const forgets = (sid: string) =>
  rewrite('policy', (statement) => (statement.Sid === sid ? { ...statement, Effect: 'Deny' as const } : statement));
const ofOneKind = rewrite('policy', (statement) =>
  statement.Sid === 'Alarms'
    ? {
        ...statement,
        Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:slipway-production-*' } },
      }
    : statement,
);

export const CUSTOMER_KEY_SABOTAGES: readonly Sabotage[] = [
  changed(UNDER, TABLE, 'a table under a key of AWS', put({ serverSideEncryption: { enabled: true } }), 'kmsKeyArn'),
  changed(
    UNDER,
    BUCKET_ENCRYPTION,
    'a bucket under a key of AWS',
    put({ rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }] }),
    'kmsMasterKeyId',
  ),
  changed(UNDER, QUEUE, 'a queue under a key of AWS', drop('kmsMasterKeyId'), 'kmsMasterKeyId'),
  changed(UNDER, SECRET, 'a secret under a key of AWS', drop('kmsKeyId'), 'kmsKeyId'),
  changed(UNDER, TOPIC, 'a topic without a key', drop('kmsMasterKeyId'), 'kmsMasterKeyId'),
  changed(UNDER, LOG_GROUP, 'a log group under another key', put({ kmsKeyId: 'arn:other' }), 'kmsKeyId', 'slipway-http-logs'),
  { ...changed(SENDERS, KEY, 'no topic', forgets('Topics'), []), says: ['slipway-on-undelivered-policy', 'key-policy.ts'] },
  { ...changed(SENDERS, KEY, 'no rule', forgets('Rules'), []), says: ['slipway-on-undelivered-policy', 'key-policy.ts'] },
  {
    ...changed(SENDERS, KEY, "the plane's own alarms, and not those of guardrails", ofOneKind, []),
    says: ['slipway-guardrails-policy', 'key-policy.ts'],
  },
  changed('the key is turned every year', KEY, 'never turned', drop('enableKeyRotation'), 'enableKeyRotation'),
  changed('the key can be saved for a month', KEY, 'gone in a week', put({ deletionWindowInDays: 7 }), 'deletionWindowInDays'),
];
