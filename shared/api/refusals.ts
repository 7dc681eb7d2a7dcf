import type { Endpoint } from './endpoint.ts';
import { PROBLEM_STATUS } from './problem-of.ts';

/** Any call can meet these. */
const EVERYWHERE = ['UNAUTHENTICATED', 'INVALID', 'STORE_THROTTLED', 'STORE_UNANSWERED'];
/** And those that have a body. */
const WITH_BODY = ['MALFORMED', 'UNSUPPORTED_MEDIA_TYPE', 'BODY_TOO_LARGE'];

export const takesBody = ({ route }: Pick<Endpoint, 'route'>): boolean => !route.startsWith('GET ');

/** Codes of what an endpoint refuses, by the status of the answer. */
export function refusalsOf(endpoint: Pick<Endpoint, 'route' | 'refuses'>): ReadonlyMap<number, readonly string[]> {
  const codes = [...(takesBody(endpoint) ? WITH_BODY : []), ...EVERYWHERE, ...endpoint.refuses];
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
