import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';
import { PROBLEM_STATUS } from './problem-of.ts';

/** Any call can meet these. */
const EVERYWHERE = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_ACCEPTABLE',
  'URI_TOO_LONG',
  'INVALID',
  'HEADERS_TOO_LARGE',
  'FUNCTION_TIMED_OUT',
  'RIVAL',
  'STORE_THROTTLED',
  'STORE_UNANSWERED',
];
/** And those that have a body. */
const WITH_BODY = ['MALFORMED', 'UNSUPPORTED_MEDIA_TYPE', 'BODY_TOO_LARGE'];

export const takesBody = ({ route }: Pick<Endpoint, 'route'>): boolean => !/^(GET|DELETE) /.test(route);

/** And those that name an environment. */
const IN_ENVIRONMENT = ['ENVIRONMENT_NOT_FOUND'];

/** And those that an Idempotency-Key may be sent with. */
const WITH_KEY = ['IDEMPOTENCY_UNDER_WAY', 'IDEMPOTENCY_ANSWER_LOST', 'IDEMPOTENCY_KEY_REUSED'];

/** Whether a call is carried out once for its Idempotency-Key: what only reads may be sent again as it is. */
export const takesKey = ({ route, reads }: Pick<Endpoint, 'route' | 'reads'>): boolean =>
  route.startsWith('POST /v1/') && reads !== true;

/** And those that an If-Match may be sent with. */
const WITH_REVISION = ['PRECONDITION_FAILED'];

/** Whether a call is a change of what has revisions: it may say by If-Match, If-None-Match or `ifRev` which one it is of. */
export const takesRevision = ({ input }: Pick<Endpoint, 'input'>): boolean =>
  input instanceof z.ZodObject && Object.hasOwn(input.shape, 'ifRev');

/** Codes of what an endpoint refuses, by the status of the answer. */
export function refusalsOf(
  endpoint: Pick<Endpoint, 'route' | 'input' | 'refuses' | 'of' | 'reads'>,
): ReadonlyMap<number, readonly string[]> {
  const named = endpoint.of === 'environment' || endpoint.of === 'request' ? IN_ENVIRONMENT : [];
  const codes = [
    ...(takesBody(endpoint) ? WITH_BODY : []),
    ...EVERYWHERE,
    ...named,
    ...(takesKey(endpoint) ? WITH_KEY : []),
    ...(takesRevision(endpoint) ? WITH_REVISION : []),
    ...(takesRevision(endpoint) && !takesBody(endpoint) ? ['MALFORMED'] : []),
    ...endpoint.refuses,
  ];
  const statusOf = (code: string): number => {
    const status = PROBLEM_STATUS[code];
    if (status === undefined) throw new TypeError(`No status is known for ${code}.`);
    return status;
  };
  return Map.groupBy(
    codes.toSorted((a, b) => statusOf(a) - statusOf(b)),
    statusOf,
  );
}
