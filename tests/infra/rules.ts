import type { PolicyDocument, Statement } from '../../infra/policies/policy-document.ts';
import type { GraphResource, ResourceGraph } from '../../local/graph/resource-graph.ts';

/** Answers a sentence for each resource that breaks the rule: which one, and what to do. */
export type Rule = (graph: ResourceGraph) => readonly string[];

type Inputs = GraphResource['inputs'];

const ofType = (graph: ResourceGraph, type: string) => graph.resources.filter((resource) => resource.type === type);

const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );

/** Every resource of the type passes, or is named with the mend. */
const each =
  (type: string, mend: string, passes: (inputs: Inputs, resource: GraphResource) => boolean): Rule =>
  (graph) =>
    ofType(graph, type)
      .filter((resource) => !passes(resource.inputs, resource))
      .map((resource) => `${type} ${resource.name}: ${mend}`);

/** Every bucket has a companion of the type that passes. */
const eachBucketHas =
  (type: string, mend: string, passes: (inputs: Inputs) => boolean): Rule =>
  (graph) =>
    ofType(graph, 'aws:s3/bucket:Bucket')
      .filter(
        (bucket) => !ofType(graph, type).some((one) => one.inputs['bucket'] === bucket.inputs['bucket'] && passes(one.inputs)),
      )
      .map((bucket) => `aws:s3/bucket:Bucket ${bucket.name}: ${mend}`);

const POLICY_FIELDS = ['policy', 'assumeRolePolicy'];

interface Placed {
  readonly resource: GraphResource;
  readonly field: string;
  readonly statement: Statement;
}

function statements(graph: ResourceGraph): readonly Placed[] {
  return graph.resources.flatMap((resource) =>
    POLICY_FIELDS.flatMap((field) => {
      const text = resource.inputs[field];
      if (typeof text !== 'string') return [];
      const document: PolicyDocument = JSON.parse(text);
      return document.Statement.map((statement) => ({ resource, field, statement }));
    }),
  );
}

const eachStatement =
  (mend: string, passes: (statement: Statement, field: string) => boolean): Rule =>
  (graph) =>
    statements(graph)
      .filter(({ statement, field }) => !passes(statement, field))
      .map(({ resource, statement }) => `${resource.type} ${resource.name}, statement ${statement.Sid}: ${mend}`);

/** Actions for which AWS knows no resource, with the page of its service authorisation reference that says so. */
const WITHOUT_RESOURCES: { readonly [prefix: string]: string } = {
  'xray:': 'list_awsx-ray.html',
  'dynamodb:ListTables': 'list_amazondynamodb.html',
  'logs:CreateLogDelivery': 'list_amazoncloudwatchlogs.html',
  'logs:GetLogDelivery': 'list_amazoncloudwatchlogs.html',
  'logs:UpdateLogDelivery': 'list_amazoncloudwatchlogs.html',
  'logs:DeleteLogDelivery': 'list_amazoncloudwatchlogs.html',
  'logs:ListLogDeliveries': 'list_amazoncloudwatchlogs.html',
  'logs:PutResourcePolicy': 'list_amazoncloudwatchlogs.html',
  'logs:DescribeResourcePolicies': 'list_amazoncloudwatchlogs.html',
  'logs:DescribeLogGroups': 'list_amazoncloudwatchlogs.html',
};

const needsNoResource = (action: string) => Object.keys(WITHOUT_RESOURCES).some((prefix) => action.startsWith(prefix));

/** A service that acts for many customers must be held to ours. */
function hasSource(statement: Statement): boolean {
  const service = statement.Principal?.Service;
  if (statement.Effect === 'Deny' || service === undefined) return true;
  const keys = Object.values(statement.Condition ?? {}).flatMap((condition) => Object.keys(condition));
  return keys.includes('aws:SourceArn') || keys.includes('aws:SourceAccount');
}

function isWatched(graph: ResourceGraph, namespace: string, dimension: string, value: unknown): boolean {
  return ofType(graph, 'aws:cloudwatch/metricAlarm:MetricAlarm').some(
    ({ inputs }) =>
      inputs['namespace'] === namespace &&
      at(inputs, 'dimensions', dimension) === value &&
      Array.isArray(inputs['alarmActions']) &&
      inputs['alarmActions'].length > 0,
  );
}

const watched =
  (type: string, namespace: string, dimension: string, key: (resource: GraphResource) => unknown): Rule =>
  (graph) =>
    ofType(graph, type)
      .filter((resource) => !isWatched(graph, namespace, dimension, key(resource)))
      .map((resource) => `${type} ${resource.name}: add an alarm with an action to infra/components/plane-alarms.ts`);

const tlsOnly = (inputs: Inputs) =>
  typeof inputs['policy'] === 'string' &&
  (JSON.parse(inputs['policy']) as PolicyDocument).Statement.some(
    (statement) =>
      statement.Effect === 'Deny' &&
      statement.Principal?.AWS === '*' &&
      statement.Action.includes('s3:*') &&
      at(statement.Condition, 'Bool', 'aws:SecureTransport') === 'false',
  );

const TABLE = 'aws:dynamodb/table:Table';
const LAMBDA = 'aws:lambda/function:Function';
const MACHINE = 'aws:sfn/stateMachine:StateMachine';
const QUEUE = 'aws:sqs/queue:Queue';
const BLOCKS = ['blockPublicAcls', 'blockPublicPolicy', 'ignorePublicAcls', 'restrictPublicBuckets'];

/** What every resource of the program keeps to, in every environment. */
export const RULES: { readonly [name: string]: Rule } = {
  'tables are encrypted': each(
    TABLE,
    'set serverSideEncryption.enabled',
    (inputs) => at(inputs, 'serverSideEncryption', 'enabled') === true,
  ),
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
  'buckets are encrypted': eachBucketHas(
    'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
    'add a BucketServerSideEncryptionConfiguration',
    (inputs) => Array.isArray(inputs['rules']) && inputs['rules'].length > 0,
  ),
  'buckets are private': eachBucketHas(
    'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock',
    'add a BucketPublicAccessBlock that blocks all four',
    (inputs) => BLOCKS.every((block) => inputs[block] === true),
  ),
  'buckets are reached over TLS only': eachBucketHas('aws:s3/bucketPolicy:BucketPolicy', 'add tlsOnlyBucketPolicy', tlsOnly),
  'buckets keep old versions, and not for ever': (graph) => [
    ...eachBucketHas(
      'aws:s3/bucketVersioning:BucketVersioning',
      'add a BucketVersioning that is Enabled',
      (inputs) => at(inputs, 'versioningConfiguration', 'status') === 'Enabled',
    )(graph),
    ...eachBucketHas(
      'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration',
      'add a lifecycle that expires noncurrent versions',
      (inputs) => at(inputs, 'rules', '0', 'noncurrentVersionExpiration') !== undefined,
    )(graph),
  ],
  'queues are encrypted': each(QUEUE, 'set sqsManagedSseEnabled', (inputs) => inputs['sqsManagedSseEnabled'] === true),
  'log groups forget': each(
    'aws:cloudwatch/logGroup:LogGroup',
    'set retentionInDays',
    (inputs) => Number(inputs['retentionInDays']) > 0,
  ),
  'functions run on arm64 with Node 24': each(
    LAMBDA,
    'set runtime nodejs24.x and architectures arm64',
    (inputs) => inputs['runtime'] === 'nodejs24.x' && at(inputs, 'architectures', '0') === 'arm64',
  ),
  'functions are published': each(LAMBDA, 'set publish', (inputs) => inputs['publish'] === true),
  'functions are traced': each(
    LAMBDA,
    'set tracingConfig.mode to Active',
    (inputs) => at(inputs, 'tracingConfig', 'mode') === 'Active',
  ),
  'machines are Standard, traced and logged': each(
    MACHINE,
    'set type, tracingConfiguration and loggingConfiguration',
    (inputs) =>
      inputs['type'] === 'STANDARD' &&
      at(inputs, 'tracingConfiguration', 'enabled') === true &&
      at(inputs, 'loggingConfiguration', 'level') === 'ERROR' &&
      at(inputs, 'loggingConfiguration', 'includeExecutionData') === false,
  ),
  'functions have an alarm': watched(LAMBDA, 'AWS/Lambda', 'FunctionName', ({ outputs }) => outputs['name']),
  'machines have an alarm': watched(MACHINE, 'AWS/States', 'StateMachineArn', ({ outputs }) => outputs['arn']),
  'tables have an alarm': watched(TABLE, 'AWS/DynamoDB', 'TableName', ({ outputs }) => outputs['name']),
  'queues have an alarm': watched(QUEUE, 'AWS/SQS', 'QueueName', ({ outputs }) => outputs['name']),
  'routes are not public': each(
    'aws:apigatewayv2/route:Route',
    'set authorizationType',
    (inputs) => typeof inputs['authorizationType'] === 'string' && inputs['authorizationType'] !== 'NONE',
  ),
  'stages are throttled and logged': each(
    'aws:apigatewayv2/stage:Stage',
    'set defaultRouteSettings and accessLogSettings',
    (inputs) =>
      Number(at(inputs, 'defaultRouteSettings', 'throttlingRateLimit')) > 0 &&
      at(inputs, 'accessLogSettings', 'destinationArn') !== undefined,
  ),
  'event targets keep what they could not deliver': each(
    'aws:cloudwatch/eventTarget:EventTarget',
    'set deadLetterConfig',
    (inputs) => at(inputs, 'deadLetterConfig', 'arn') !== undefined,
  ),
  'permissions name their caller and their version': each(
    'aws:lambda/permission:Permission',
    'set sourceArn and qualifier',
    (inputs) => typeof inputs['sourceArn'] === 'string' && typeof inputs['qualifier'] === 'string',
  ),
  'actions are named': eachStatement(
    'name each action instead of *',
    (statement) => statement.Effect === 'Deny' || statement.Action.every((action) => !action.includes('*')),
  ),
  'resources are named': eachStatement(
    'name the resources instead of *',
    (statement, field) =>
      field === 'assumeRolePolicy' || !(statement.Resource ?? ['*']).includes('*') || statement.Action.every(needsNoResource),
  ),
  'services are held to our resources': eachStatement('add a condition on aws:SourceArn or aws:SourceAccount', hasSource),
  'nobody else is trusted': eachStatement(
    'name a service as the principal',
    (statement) => statement.Effect === 'Deny' || statement.Principal?.AWS === undefined,
  ),
  'resources that can be are tagged': (graph) =>
    graph.resources
      .filter((resource) => TAGGED.includes(resource.type) && at(resource.inputs, 'tags', 'slipway:environment') === undefined)
      .map((resource) => `${resource.type} ${resource.name}: set tags to naming.tags`),
};

const TAGGED = [
  TABLE,
  LAMBDA,
  MACHINE,
  QUEUE,
  'aws:s3/bucket:Bucket',
  'aws:iam/role:Role',
  'aws:sns/topic:Topic',
  'aws:cloudwatch/logGroup:LogGroup',
  'aws:cloudwatch/metricAlarm:MetricAlarm',
  'aws:cloudwatch/eventRule:EventRule',
  'aws:cloudwatch/eventBus:EventBus',
  'aws:apigatewayv2/api:Api',
  'aws:apigatewayv2/stage:Stage',
];

/** Where data must outlive a mistake. */
export const PROTECTED_RULES: { readonly [name: string]: Rule } = {
  'data resources are protected and kept': (graph) =>
    graph.resources
      .filter((resource) => resource.type === TABLE || resource.type.startsWith('aws:s3/'))
      .filter((resource) => !resource.protect || !resource.retainOnDelete)
      .map((resource) => `${resource.type} ${resource.name}: pass protect and retainOnDelete`),
  'tables refuse deletion': each(
    TABLE,
    'set deletionProtectionEnabled',
    (inputs) => inputs['deletionProtectionEnabled'] === true,
  ),
  'buckets refuse deletion while they hold objects': each(
    'aws:s3/bucket:Bucket',
    'clear forceDestroy',
    (inputs) => inputs['forceDestroy'] !== true,
  ),
};
