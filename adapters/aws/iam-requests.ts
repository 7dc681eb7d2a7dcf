import { secretName } from '../../shared/secrets/secret-name.ts';
import type { Call } from './clients.ts';

/** What IAM is asked when a request of the SDK arrives: an action, on an ARN or on `*`. */
export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  /** Of DynamoDB, where it is a key as Slipway's own are: the partition's kind, `RUN#`; that of a secret whole, since roles are for one. */
  readonly leadingKey?: string;
}

/** What IAM is told with an action beside the resource. Roles are handed to Scheduler alone. */
export const contextOf = (action: string): { readonly [key: string]: string } =>
  action === 'iam:PassRole' ? { 'iam:PassedToService': 'scheduler.amazonaws.com' } : {};

/** Where requests go whose input names a resource without its account. */
export interface CalledPlace {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** ARN of a resource in the place; one that is an ARN already stays as it is. */
type ArnOf = (service: string, resource: string, name: string) => string;
type Input = { readonly [field: string]: unknown };
type Reader = (operation: string, input: Input, arnOf: ArnOf) => readonly IamRequest[];

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const distinct = (values: readonly string[]) => [...new Set(values)];

const dynamodb: Reader = (operation, { TableName, IndexName, RequestItems, Key }, arnOf) => {
  const action = `dynamodb:${operation}`;
  if (typeof RequestItems === 'object' && RequestItems !== null) {
    return Object.keys(RequestItems).map((table) => ({ action, resource: arnOf('dynamodb', 'table/', table) }));
  }
  if (TableName === undefined) return [{ action, resource: '*' }];
  const table = arnOf('dynamodb', 'table/', text(TableName));
  const leadingKey = /^(?:SECRET#.+|[A-Z]+#)/.exec(text((Key as { pk?: { S?: unknown } } | undefined)?.pk?.S))?.[0];
  return [
    {
      action,
      resource: IndexName === undefined ? table : `${table}/index/${text(IndexName)}`,
      ...(leadingKey === undefined ? {} : { leadingKey }),
    },
  ];
};

/** Where IAM has no action of the operation's name: the one that it asks for. */
const S3_ACTIONS: { readonly [operation: string]: string } = {
  HeadBucket: 's3:ListBucket',
  ListObjects: 's3:ListBucket',
  ListObjectsV2: 's3:ListBucket',
  HeadObject: 's3:GetObject',
};

const s3: Reader = (operation, { Bucket, Key }, arnOf) => {
  const bucket = arnOf('s3', '', text(Bucket));
  return [
    { action: S3_ACTIONS[operation] ?? `s3:${operation}`, resource: Key === undefined ? bucket : `${bucket}/${text(Key)}` },
  ];
};

/** Of a task token only Step Functions knows the machine: `*` stands for it. */
const states: Reader = (operation, { stateMachineArn, executionArn }) => [
  { action: `states:${operation}`, resource: text(stateMachineArn ?? executionArn) || '*' },
];

const lambda: Reader = (operation, { FunctionName, Qualifier }, arnOf) => {
  const named = arnOf('lambda', 'function:', text(FunctionName));
  return [
    {
      action: operation === 'Invoke' ? 'lambda:InvokeFunction' : `lambda:${operation}`,
      resource: Qualifier === undefined ? named : `${named}:${text(Qualifier)}`,
    },
  ];
};

const events: Reader = (operation, { Entries }, arnOf) => {
  const entries = Array.isArray(Entries) ? (Entries as readonly Input[]) : [];
  const buses = distinct(entries.map(({ EventBusName }) => text(EventBusName) || 'default'));
  return buses.map((bus) => ({ action: `events:${operation}`, resource: arnOf('events', 'event-bus/', bus) }));
};

/** Alarms by name, or by an ARN; figures have none. Whoever asks for composite alarms has to be allowed everything. */
const cloudwatch: Reader = (operation, { AlarmName, AlarmNames, AlarmTypes, ResourceARN, Tags }, arnOf) => {
  if (Array.isArray(AlarmTypes) && AlarmTypes.includes('CompositeAlarm'))
    return [{ action: `cloudwatch:${operation}`, resource: '*' }];
  const names = AlarmName === undefined ? (Array.isArray(AlarmNames) ? AlarmNames : []) : [AlarmName];
  const resources =
    ResourceARN === undefined ? names.map((name) => arnOf('cloudwatch', 'alarm:', text(name))) : [text(ResourceARN)];
  const tagged = operation === 'PutMetricAlarm' && Tags !== undefined;
  const action = `cloudwatch:${operation}`;
  if (resources.length === 0) return [{ action, resource: '*' }];
  return resources.flatMap((resource) => [
    { action, resource },
    ...(tagged ? [{ action: 'cloudwatch:TagResource', resource }] : []),
  ]);
};

const sns: Reader = (operation, { TopicArn }) => [{ action: `sns:${operation}`, resource: text(TopicArn) || '*' }];
/** Whoever makes a timer hands on the role in whose name it calls. */
const scheduler: Reader = (operation, { Name, GroupName, Target }, arnOf) => {
  const role = text((Target as Input | undefined)?.['RoleArn']);
  return [
    { action: `scheduler:${operation}`, resource: arnOf('scheduler', 'schedule/', `${text(GroupName)}/${text(Name)}`) },
    ...(role === '' ? [] : [{ action: 'iam:PassRole', resource: role }]),
  ];
};

const withSuffix = (secret: string): string => (secret.startsWith('arn:') ? secret : `${secret}-000000`);

/**
 * Six characters that nobody knows beforehand end the ARN of a secret. Whoever has it rotated is asked whether he may call its function, too,
 * which a RotatedSecret calls by the name of the secret that it makes.
 */
const secretsmanager: Reader = (operation, { SecretId }, arnOf) => {
  const secret = text(SecretId);
  return [
    { action: `secretsmanager:${operation}`, resource: arnOf('secretsmanager', 'secret:', withSuffix(secret)) },
    ...(operation === 'RotateSecret'
      ? [{ action: 'lambda:InvokeFunction', resource: arnOf('lambda', 'function:', secretName(secret)) }]
      : []),
  ];
};

const READERS: { readonly [client: string]: Reader } = {
  DynamoDBClient: dynamodb,
  S3Client: s3,
  SFNClient: states,
  LambdaClient: lambda,
  EventBridgeClient: events,
  CloudWatchClient: cloudwatch,
  SNSClient: sns,
  SchedulerClient: scheduler,
  SecretsManagerClient: secretsmanager,
};

/** What the service asks IAM for a request. Throws on a client that it does not know. */
export function iamRequests({ client, command, input }: Call, place: CalledPlace): readonly IamRequest[] {
  const reader = READERS[client];
  if (reader === undefined)
    throw new TypeError(`What ${client} asks of IAM is not known: add it to adapters/aws/iam-requests.ts.`);
  const arnOf: ArnOf = (service, resource, name) => {
    if (name.startsWith('arn:')) return name;
    // Names of buckets are known in the whole partition.
    const where = service === 's3' ? ':' : `${place.region}:${place.account}`;
    return `arn:${place.partition}:${service}:${where}:${resource}${name}`;
  };
  return reader(command.replace(/Command$/, ''), input as Input, arnOf);
}

/**
 * What more S3 asks where there is no such object: without leave to list the bucket it answers 403 instead of 404, and the
 * caller cannot tell that the object is missing.
 */
export const iamRequestsIfMissing = (call: Call, place: CalledPlace): readonly IamRequest[] =>
  call.client === 'S3Client' && /^(Get|Head)Object/.test(call.command)
    ? iamRequests({ ...call, command: 'ListObjectsV2', input: { Bucket: (call.input as Input)['Bucket'] } }, place)
    : [];
