import type { Deps } from '../../../functions/deps.ts';
import type { LambdaHandler } from '../../../functions/middleware/lambda-handler.ts';
import { create as putFlag } from '../../../functions/put-flag/index.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Of JSON; undefined: there is no body. */
  // biome-ignore lint/suspicious/noExplicitAny: what is promised of it is what tests look for.
  readonly body: any;
}

interface ApiCall {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a text as it is. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Roles of whoever calls, such as `staging:viewer`; admin everywhere where left out. */
  readonly roles?: readonly string[];
}

/** Calls a function as API Gateway does, in the name of ada. */
export async function ask(create: (deps: Deps) => LambdaHandler, deps: Deps, call: ApiCall = {}): Promise<ApiAnswer> {
  const { path, query, body, headers, roles = ['*:admin'] } = call;
  const event = {
    pathParameters: path,
    queryStringParameters: query,
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'object' ? JSON.stringify(body) : body,
    requestContext: { authorizer: { lambda: { actor: 'ada', roles } } },
  };
  const answer = await create(deps)(event, { awsRequestId: 'r', getRemainingTimeInMillis: () => 15_000 });
  const {
    statusCode,
    headers: found,
    body: text,
  } = answer as { statusCode: number; headers: Record<string, string>; body: string };
  return { status: statusCode, headers: found, body: text === '' ? undefined : JSON.parse(text) };
}

export const ON_OFF = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' };

/** Puts a flag of the environment `test`. */
export const put = (deps: Deps, key: string, flag: object, more: object = {}): Promise<ApiAnswer> =>
  ask(putFlag, deps, { path: { key }, body: { flag, reason: 'why', ...more } });
