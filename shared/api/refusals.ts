import type { Endpoint } from './endpoint.ts';
import { PROBLEM_STATUS } from './problem-of.ts';

/** Any call can meet these. */
const EVERYWHERE = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_ACCEPTABLE', 'INVALID', 'STORE_THROTTLED', 'STORE_UNANSWERED'];
/** And those that have a body. */
const WITH_BODY = ['MALFORMED', 'UNSUPPORTED_MEDIA_TYPE', 'BODY_TOO_LARGE'];

export const takesBody = ({ route }: Pick<Endpoint, 'route'>): boolean => !route.startsWith('GET ');

/** And those that name an environment. */
const IN_ENVIRONMENT = ['ENVIRONMENT_NOT_FOUND'];

/** Codes of what an endpoint refuses, by the status of the answer. */
export function refusalsOf(endpoint: Pick<Endpoint, 'route' | 'refuses' | 'of'>): ReadonlyMap<number, readonly string[]> {
  const named = endpoint.of === 'environment' || endpoint.of === 'request' ? IN_ENVIRONMENT : [];
  const codes = [...(takesBody(endpoint) ? WITH_BODY : []), ...EVERYWHERE, ...named, ...endpoint.refuses];
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
