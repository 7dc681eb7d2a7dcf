import { createHash } from 'node:crypto';
import middy from '@middy/core';
import type * as z from 'zod';
import type { Endpoint } from '../../shared/api/endpoint.ts';
import type { EndpointName, EndpointRequest, endpoints } from '../../shared/api/endpoints.ts';
import { redact } from '../../shared/redaction/redact.ts';
import type { Deps } from '../deps.ts';
import { type HttpInput, httpInput } from './http-input.ts';
import { httpProblem } from './http-problem.ts';
import { type LambdaContext, type LambdaHandler, SETTLED } from './lambda-handler.ts';

/** Who calls, and until when (epoch ms) the call may take. */
export interface Call {
  readonly actor: string;
  readonly until: number;
}

export type ApiCore<Name extends EndpointName> = (
  input: EndpointRequest<Name>,
  deps: Deps,
  call: Call,
) => Promise<z.input<(typeof endpoints)[Name]['output']>>;

/** Time that a call keeps for its answer, ms. */
const RESERVE = 2000;

/** A function behind a route of the API; `manner` answers its errors, and may read the call in its own way. */
export const apiFunction =
  <Name extends EndpointName>(
    endpoint: (typeof endpoints)[Name],
    core: ApiCore<Name>,
    manner: () => middy.MiddlewareObj = httpProblem,
  ) =>
  (deps: Deps): LambdaHandler => {
    const { route, input, output, statusOf, verbatim, reads = route.startsWith('GET ') }: Endpoint = endpoint;
    const answer = async (event: HttpInput<EndpointRequest<Name>>, context: LambdaContext) => {
      const until = deps.clock.now() + context.getRemainingTimeInMillis() - RESERVE;
      const found = await core(event.input, deps, { actor: event.actor, until });
      // Parsing it takes away whatever the endpoint does not promise.
      const parsed = output.parse(found);
      const told = verbatim ? parsed : redact(parsed);
      const body = JSON.stringify(told);
      const headers = { 'content-type': 'application/json' };
      if (!reads) return { statusCode: statusOf?.(told) ?? 200, headers, body };
      const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
      // Whoever asks with the tag of an earlier answer is told that nothing has changed.
      if (names(event.ifNoneMatch, etag)) return { statusCode: 304, headers: { etag }, body: '' };
      return { statusCode: 200, headers: { ...headers, etag }, body };
    };
    return middy(answer as unknown as LambdaHandler, SETTLED)
      .use(manner())
      .use(httpInput(input)) as unknown as LambdaHandler;
  };

/** Whether If-None-Match names the tag: one of a list, weak where something on the way has compressed the answer, or any. */
const names = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? '').split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
