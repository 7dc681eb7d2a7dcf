import {
  at,
  BUCKET,
  each,
  every,
  type Inputs,
  KEY,
  LOG_GROUP,
  ofType,
  QUEUE,
  type Rule,
  type Rules,
  refusesPlainText,
  SECRET,
  statementsOf,
  TABLE,
  TOPIC,
} from './rule.ts';

/** Every bucket has a companion of the type that passes. */
const eachBucketHas = (type: string, mend: string, passes: (inputs: Inputs) => boolean): Rule =>
  each(BUCKET, mend, (bucket, _, graph) =>
    ofType(graph, type).some(({ inputs }) => inputs['bucket'] === bucket['bucket'] && passes(inputs)),
  );

const BUCKET_ENCRYPTION = 'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration';
const LIFECYCLE = 'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration';
const BLOCKS = ['blockPublicAcls', 'blockPublicPolicy', 'ignorePublicAcls', 'restrictPublicBuckets'];

/** How what is stored is kept. */
export const STORAGE_RULES: Rules = {
  // CIS 4.3
  'tables are encrypted': each(
    TABLE,
    'set serverSideEncryption.enabled',
    (inputs) => at(inputs, 'serverSideEncryption', 'enabled') === true,
  ),
  // CKV_AWS_28
  'tables can be restored to a point in time': each(
    TABLE,
    'set pointInTimeRecovery.enabled',
    (inputs) => at(inputs, 'pointInTimeRecovery', 'enabled') === true,
  ),
  'tables clear what has expired': each(
    TABLE,
    'set ttl to expiresAt',
    (inputs) => at(inputs, 'ttl', 'attributeName') === 'expiresAt' && at(inputs, 'ttl', 'enabled') === true,
  ),
  'tables are paid by request': each(
    TABLE,
    'set billingMode to PAY_PER_REQUEST',
    (inputs) => inputs['billingMode'] === 'PAY_PER_REQUEST',
  ),
  // CKV_AWS_19
  'buckets are encrypted': eachBucketHas(
    BUCKET_ENCRYPTION,
    'add a BucketServerSideEncryptionConfiguration',
    (inputs) => at(inputs, 'rules', '0', 'applyServerSideEncryptionByDefault', 'sseAlgorithm') !== undefined,
  ),
  // CKV_AWS_53, CKV_AWS_54, CKV_AWS_55, CKV_AWS_56, CKV2_AWS_6; CIS 2.1.4
  'buckets are private': eachBucketHas(
    'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock',
    'add a BucketPublicAccessBlock that blocks all four',
    (inputs) => BLOCKS.every((block) => inputs[block] === true),
  ),
  // CKV2_AWS_65
  'buckets know no access lists': eachBucketHas(
    'aws:s3/bucketOwnershipControls:BucketOwnershipControls',
    'add BucketOwnershipControls with BucketOwnerEnforced',
    (inputs) => at(inputs, 'rule', 'objectOwnership') === 'BucketOwnerEnforced',
  ),
  // CIS 2.1.1
  'buckets are reached over TLS only': eachBucketHas('aws:s3/bucketPolicy:BucketPolicy', 'add tlsOnlyBucketPolicy', (inputs) =>
    refusesPlainText(inputs['policy'], 's3:*'),
  ),
  // CKV_AWS_21
  'buckets keep old versions': eachBucketHas(
    'aws:s3/bucketVersioning:BucketVersioning',
    'add a BucketVersioning that is Enabled',
    (inputs) => at(inputs, 'versioningConfiguration', 'status') === 'Enabled',
  ),
  // CKV2_AWS_61
  'buckets forget old versions': eachBucketHas(
    LIFECYCLE,
    'add a lifecycle that expires noncurrent versions',
    (inputs) => at(inputs, 'rules', '0', 'noncurrentVersionExpiration', 'noncurrentDays') !== undefined,
  ),
  // CKV_AWS_300
  'buckets forget uploads that nobody ended': eachBucketHas(
    LIFECYCLE,
    'set abortIncompleteMultipartUpload in the lifecycle',
    (inputs) => at(inputs, 'rules', '0', 'abortIncompleteMultipartUpload', 'daysAfterInitiation') !== undefined,
  ),
  // CKV_AWS_27
  'queues are encrypted': each(
    QUEUE,
    'set sqsManagedSseEnabled or kmsMasterKeyId',
    (inputs) => inputs['sqsManagedSseEnabled'] === true || typeof inputs['kmsMasterKeyId'] === 'string',
  ),
  // CKV_AWS_168 and CKV_AWS_169 (no public policy) are among the rules of access.
  'queues are reached over TLS only': each(QUEUE, 'add undeliveredQueuePolicy', (_, queue, graph) =>
    ofType(graph, 'aws:sqs/queuePolicy:QueuePolicy').some(
      ({ inputs }) => inputs['queueUrl'] === queue.outputs['url'] && refusesPlainText(inputs['policy'], 'sqs:*'),
    ),
  ),
  'topics are reached over TLS only': each(TOPIC, 'add alarmTopicPolicy', (_, topic, graph) =>
    ofType(graph, 'aws:sns/topicPolicy:TopicPolicy').some(
      ({ inputs }) => inputs['arn'] === topic.outputs['arn'] && refusesPlainText(inputs['policy'], 'sns:Publish'),
    ),
  ),
  // CKV_AWS_66
  'log groups forget': each(LOG_GROUP, 'set retentionInDays', (inputs) => Number(inputs['retentionInDays']) > 0),
};

/** The service of a statement with the resources on whose behalf it comes. */
const callersOf = (policy: unknown): readonly { readonly service: string; readonly source: string; readonly actions: string }[] =>
  statementsOf(policy).flatMap(({ Effect, Principal, Action, Condition = {} }) => {
    const sources = Object.values(Condition).flatMap((condition) => condition['aws:SourceArn'] ?? []);
    const { Service: service } = Principal ?? {};
    return Effect === 'Deny' || service === undefined
      ? []
      : sources.map((source) => ({ service, source, actions: Action.join() }));
  });

/** Whether all that one pattern of an ARN stands for is among what the other does. */
const covers = (pattern: string, other: string) =>
  pattern.endsWith('*') ? other.startsWith(pattern.slice(0, -1)) : pattern === other;

/** What a service puts into a topic or a queue under the key it encrypts itself. */
const sendersMayUseIt = (type: string): Rule =>
  each(type, 'let the service use the key for the same sources in infra/policies/key-policy.ts', ({ policy }, _, graph) => {
    const users = ofType(graph, KEY).flatMap(({ inputs }) => callersOf(inputs['policy']));
    const mayUse = users.filter(({ actions }) => ['kms:Decrypt', 'kms:GenerateDataKey'].every((one) => actions.includes(one)));
    return callersOf(policy).every((sender) =>
      mayUse.some(({ service, source }) => service === sender.service && covers(source, sender.source)),
    );
  });

const under = (graph: Parameters<Rule>[0], key: unknown): boolean =>
  ofType(graph, KEY).some(({ outputs }) => outputs['arn'] === key);

/** What also holds where the customer has asked for a key of their own. */
export const CUSTOMER_KEY_RULES: Rules = {
  // CKV_AWS_119, CKV_AWS_145, CKV_AWS_26, CKV_AWS_158
  'all that is stored is under the key': every(
    each(TABLE, 'set serverSideEncryption.kmsKeyArn', (inputs, _, graph) =>
      under(graph, at(inputs, 'serverSideEncryption', 'kmsKeyArn')),
    ),
    each(BUCKET_ENCRYPTION, 'set kmsMasterKeyId', (inputs, _, graph) =>
      under(graph, at(inputs, 'rules', '0', 'applyServerSideEncryptionByDefault', 'kmsMasterKeyId')),
    ),
    each(QUEUE, 'set kmsMasterKeyId', (inputs, _, graph) => under(graph, inputs['kmsMasterKeyId'])),
    each(TOPIC, 'set kmsMasterKeyId', (inputs, _, graph) => under(graph, inputs['kmsMasterKeyId'])),
    each(LOG_GROUP, 'set kmsKeyId', (inputs, _, graph) => under(graph, inputs['kmsKeyId'])),
    each(SECRET, 'set kmsKeyId', (inputs, _, graph) => under(graph, inputs['kmsKeyId'])),
  ),
  'services that put something in may use the key': every(
    sendersMayUseIt('aws:sns/topicPolicy:TopicPolicy'),
    sendersMayUseIt('aws:sqs/queuePolicy:QueuePolicy'),
  ),
  // CKV_AWS_7; CIS 3.6
  'the key is turned every year': each(KEY, 'set enableKeyRotation', (inputs) => inputs['enableKeyRotation'] === true),
  'the key can be saved for a month': each(
    KEY,
    'set deletionWindowInDays to 30',
    (inputs) => inputs['deletionWindowInDays'] === 30,
  ),
};
