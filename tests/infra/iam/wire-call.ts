import { gunzipSync } from 'node:zlib';
import type { Call } from '../../../adapters/aws/clients.ts';

/** A request of the SDK as it goes over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly body: Uint8Array;
}

/** Clients by the prefix of `X-Amz-Target`. */
const TARGETS: { readonly [prefix: string]: string } = {
  DynamoDB_20120810: 'DynamoDBClient',
  AWSStepFunctions: 'SFNClient',
  AWSEvents: 'EventBridgeClient',
  secretsmanager: 'SecretsManagerClient',
  GraniteServiceVersion20100801: 'CloudWatchClient',
};

const TIMERS: { readonly [method: string]: string } = {
  POST: 'CreateScheduleCommand',
  PUT: 'UpdateScheduleCommand',
  DELETE: 'DeleteScheduleCommand',
  GET: 'GetScheduleCommand',
};

/** The group is in the query of what has no body. */
const timerInput = (Name: string, query: URLSearchParams, body: Uint8Array): object => ({
  GroupName: query.get('groupName'),
  ...(body.length === 0 ? {} : JSON.parse(new TextDecoder().decode(body))),
  Name,
});

const decode = (part: string | undefined): string => decodeURIComponent(part ?? '');

function s3Command(method: string, Key: string | undefined, query: URLSearchParams): string {
  if (Key === undefined) return method === 'HEAD' ? 'HeadBucket' : query.has('list-type') ? 'ListObjectsV2' : 'ListObjects';
  const commands: { readonly [method: string]: string } = {
    GET: 'GetObject',
    HEAD: 'HeadObject',
    PUT: 'PutObject',
    DELETE: 'DeleteObject',
  };
  return commands[method] ?? `${method}Object`;
}

/** The request as the SDK's own middleware would have seen it; of S3 and Lambda only what names the resource; SNS alone speaks in forms. */
export function wireCall({ method, url, headers, body }: WireRequest): Call {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const [prefix = '', operation = ''] = target.split('.');
    const client = TARGETS[prefix] ?? prefix;
    // Many metrics at once are sent compressed.
    const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    return { client, command: `${operation}Command`, input: JSON.parse(new TextDecoder().decode(plain)) };
  }
  if (String(headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) {
    const { Action = '', ...form } = Object.fromEntries(new URLSearchParams(new TextDecoder().decode(body)));
    return { client: 'SNSClient', command: `${Action}Command`, input: form };
  }
  const { pathname, searchParams } = new URL(url, 'http://any');
  const invoked = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(pathname);
  if (invoked) {
    const Qualifier = searchParams.get('Qualifier');
    const input = { FunctionName: decode(invoked[1]), ...(Qualifier === null ? {} : { Qualifier }) };
    return { client: 'LambdaClient', command: 'InvokeCommand', input };
  }
  const timer = /^\/schedules\/([^/]+)$/.exec(pathname);
  if (timer)
    return { client: 'SchedulerClient', command: TIMERS[method] ?? '', input: timerInput(decode(timer[1]), searchParams, body) };
  const [Bucket = '', ...rest] = pathname.slice(1).split('/').map(decode);
  const Key = rest.length === 0 || rest.join('/') === '' ? undefined : rest.join('/');
  const input = Key === undefined ? { Bucket } : { Bucket, Key };
  return { client: 'S3Client', command: `${s3Command(method, Key, searchParams)}Command`, input };
}
