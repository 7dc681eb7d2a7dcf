import middy from '@middy/core';
import type * as z from 'zod';
import { roleIn } from '../../shared/access/caller.ts';
import type { Role } from '../../shared/access/role.ts';
import type { Endpoint } from '../../shared/api/endpoint.ts';
import type { EndpointName, EndpointRequest, endpoints } from '../../shared/api/endpoints.ts';
import { answerOnce } from '../../shared/idempotency/answer-record.ts';
import { redact } from '../../shared/redaction/redact.ts';
import type { Deps } from '../deps.ts';
import { audited } from './audited.ts';
import { authorise } from './authorise.ts';
import { callerOf } from './caller-of.ts';
import { type HttpInput, httpInput } from './http-input.ts';
import { httpProblem } from './http-problem.ts';
import { type LambdaContext, type LambdaHandler, SETTLED } from './lambda-handler.ts';
import { observed } from './observed.ts';
import { requestId, requestIdOf } from './request-id.ts';
import { JSON_TYPE, respondAs } from './respond.ts';

/** Who calls, and until when (epoch ms) the call may take. */
export interface Call {
  readonly actor: string;
  readonly until: number;
  /** Whether the caller has any role there: of what it has none in, it is told nothing. */
  readonly sees: (environment: string) => boolean;
  readonly roleIn: (environment: string) => Role | undefined;
  /** What the caller named the call: sent again with the same one, it is carried out once. */
  readonly idempotencyKey?: string;
}

export type ApiCore<Name extends EndpointName> = (
  input: EndpointRequest<Name>,
  deps: Deps,
  call: Call,
) => Promise<z.input<(typeof endpoints)[Name]['output']>>;

/** Time that a call keeps for its answer, ms. */
const RESERVE = 2000;

export interface Manner<Name extends EndpointName> {
  /** Answers errors, and may read the call in its own way. */
  readonly problem?: () => middy.MiddlewareObj;
  /** Where a call would act, by its request: for the endpoints whose access is `of: 'request'`. */
  readonly environmentsOf?: (input: EndpointRequest<Name>, deps: Deps) => readonly string[];
}

/** A function behind a route of the API. Nothing of it is called for whoever lacks the role that its endpoint takes. */
export const apiFunction =
  <Name extends EndpointName>(
    endpoint: (typeof endpoints)[Name],
    core: ApiCore<Name>,
    { problem = httpProblem, environmentsOf }: Manner<Name> = {},
  ) =>
  (deps: Deps): LambdaHandler => {
    const { route, role, of, input, verbatim, reads = route.startsWith('GET ') }: Endpoint = endpoint;
    const respond = respondAs(endpoint as Endpoint);
    if (of === 'request' && !environmentsOf) throw new TypeError(`${route} does not say where it acts.`);
    // What only reads may be sent again as it is.
    const keyed = route.startsWith('POST /v1/') && !reads;
    const answer = async (event: HttpInput<EndpointRequest<Name>>, context: LambdaContext) => {
      const until = deps.clock.now() + context.getRemainingTimeInMillis() - RESERVE;
      const caller = callerOf(event.event, deps.access);
      const places = () => environmentsOf?.(event.input, deps) ?? [];
      await authorise(
        {
          route,
          access: { role, of },
          caller,
          input: event.input,
          requestId: requestIdOf(event.event, context),
          environmentsOf: places,
        },
        deps,
      );
      const roleOf = (environment: string) => roleIn(caller, environment);
      const sees = (environment: string) => roleOf(environment) !== undefined;
      const { idempotencyKey: key } = event;
      const call = { actor: caller.actor, until, sees, roleIn: roleOf, ...(key === undefined ? {} : { idempotencyKey: key }) };
      if (!keyed || key === undefined) return respond(await core(event.input, deps, call), event.ifNoneMatch);
      const deadline = deps.clock.now() + context.getRemainingTimeInMillis();
      const payload = JSON.stringify([route, event.input]);
      const { answer, replayed } = await answerOnce(deps, { actor: caller.actor, key, payload, deadline }, async () => {
        const { statusCode, body } = respond(await core(event.input, deps, call), undefined);
        // A secret that an answer tells as it is, is told once: what is kept for the next time is without it.
        return { statusCode, body, ...(verbatim ? { kept: JSON.stringify(redact(JSON.parse(body))) } : {}) };
      });
      return { ...answer, headers: { ...JSON_TYPE, ...(replayed ? { 'idempotent-replayed': 'true' } : {}) } };
    };
    const handler = middy(answer as unknown as LambdaHandler, SETTLED)
      .use(requestId())
      .use(problem())
      .use(httpInput(input, { edits: /^(?:PUT|DELETE) /.test(route) }))
      .use(audited({ reads, route, actorOf: (event) => callerOf(event, deps.access).actor })) as unknown as LambdaHandler;
    return observed(deps, handler);
  };
