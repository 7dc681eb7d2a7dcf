import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import type { MiddlewareStack } from '@smithy/types';

/** One request as the SDK is about to send it, for example `{ client: 'DynamoDBClient', command: 'UpdateItemCommand', input }`. */
export interface Call {
  readonly client: string;
  readonly command: string;
  readonly input: object;
}

export interface ClientOptions {
  /** Left out: the region's own. */
  readonly endpoint?: string;
  readonly region?: string;
  /** Left out: the SDK's chain (the role of the function, the profile of the person). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  /** Tries of one request, the first included; 1 by default, since retries have one layer, above the adapters; but a read on a closed connection is sent once more. */
  readonly maxAttempts?: number;
  /** ms to a connection; 3,000 by default. */
  readonly connectionTimeout?: number;
  /** ms to the whole answer; 5,000 by default. */
  readonly requestTimeout?: number;
  /** Stands around every request: permission checks, fault injection, traces. May refuse by throwing. */
  readonly around?: <T>(call: Call, send: () => Promise<T>) => Promise<T>;
}

/** The time-out of a request where the options name none, in ms. */
export const REQUEST_TIMEOUT = 5_000;

export const dynamoClient = (options: ClientOptions = {}): DynamoDBClient =>
  fitted(new DynamoDBClient(settings(options)), options);

export const s3Client = (options: ClientOptions = {}): S3Client =>
  fitted(new S3Client({ ...settings(options), forcePathStyle: options.endpoint !== undefined }), options);

export const stepFunctionsClient = (options: ClientOptions = {}): SFNClient => fitted(new SFNClient(settings(options)), options);

export const lambdaClient = (options: ClientOptions = {}): LambdaClient => fitted(new LambdaClient(settings(options)), options);

export const eventBridgeClient = (options: ClientOptions = {}): EventBridgeClient =>
  fitted(new EventBridgeClient(settings(options)), options);

export const cloudWatchClient = (options: ClientOptions = {}): CloudWatchClient =>
  fitted(new CloudWatchClient(settings(options)), options);

export const snsClient = (options: ClientOptions = {}): SNSClient => fitted(new SNSClient(settings(options)), options);
export const schedulerClient = (options: ClientOptions = {}): SchedulerClient =>
  fitted(new SchedulerClient(settings(options)), options);

export const secretsManagerClient = (options: ClientOptions = {}): SecretsManagerClient =>
  fitted(new SecretsManagerClient(settings(options)), options);

const settings = (options: ClientOptions) => ({
  ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
  ...(options.region === undefined ? {} : { region: options.region }),
  ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  maxAttempts: options.maxAttempts ?? 1,
  requestHandler: {
    connectionTimeout: options.connectionTimeout ?? 3_000,
    requestTimeout: options.requestTimeout ?? REQUEST_TIMEOUT,
    throwOnRequestTimeout: true,
    httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
    httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
  },
});

/** Above the segments of a migration times their requests in flight: a request must not age in the agent's own queue. */
const MAX_SOCKETS = 256;

/** What only reads may be asked again. */
const READS = /^(?:Get|BatchGet|Query|Scan|List|Describe|Head)/;

/** The other side closes a connection that was long idle; whoever was frozen meanwhile finds out by the next request. */
const isClosed = (error: unknown): boolean =>
  ['ECONNRESET', 'EPIPE'].includes(String((error as Error & { readonly code?: unknown }).code));

const fitted = <Input extends object, Output extends object, Client extends { middlewareStack: MiddlewareStack<Input, Output> }>(
  client: Client & { middlewareStack: MiddlewareStack<Input, Output> },
  { around }: ClientOptions,
): Client => {
  // Nobody reads the SDK's log, yet it would copy every input and output for it: an eighth of a migration's CPU time.
  client.middlewareStack.remove('loggerMiddleware');
  client.middlewareStack.add(
    (next, context) => (args) =>
      next(args).catch((error: unknown) => {
        if (!READS.test(context.commandName ?? '') || !isClosed(error)) throw error;
        return next(args);
      }),
    { step: 'initialize', name: 'slipwayReadAgain', priority: 'low' },
  );
  if (around === undefined) return client;
  client.middlewareStack.add(
    (next, context) => (args) => {
      const call = { client: context.clientName ?? '', command: context.commandName ?? '', input: args.input };
      return around(call, () => next(args));
    },
    { step: 'initialize', name: 'slipwayAround', priority: 'high' },
  );
  return client;
};
