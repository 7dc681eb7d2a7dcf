import { createHash } from 'node:crypto';
import { AnswerTooLargeError } from '../../shared/api/api-errors.ts';
import type { Endpoint } from '../../shared/api/endpoint.ts';
import { redact } from '../../shared/redaction/redact.ts';
import type { HttpResponse } from './http-event.ts';
import { count } from './invocation.ts';

export const JSON_TYPE = { 'content-type': 'application/json' };

/** What an endpoint answers to whoever has the answer of a tag already. */
export const respondAs = ({ route, output, statusOf, verbatim, reads = route.startsWith('GET ') }: Endpoint) => {
  const edits = route.startsWith('PUT ');
  return (found: unknown, ifNoneMatch: string | undefined): HttpResponse => {
    // Parsing it takes away whatever the endpoint does not promise.
    const parsed = output.parse(found);
    const told = verbatim ? parsed : redact(parsed);
    const body = JSON.stringify(told);
    const statusCode = statusOf?.(told) ?? 200;
    const rev = revisionOf(told);
    if (edits && rev !== undefined) return { statusCode, headers: { ...JSON_TYPE, etag: tagOf(body, rev) }, body };
    if (!reads) return { statusCode, headers: JSON_TYPE, body };
    requireFits(body);
    const etag = tagOf(body, rev);
    // Whoever asks with the tag of an earlier answer is told that nothing has changed.
    const hit = statusCode === 200 && names(ifNoneMatch, etag);
    count({ name: 'slipway_conditional_requests_total', value: 1, labels: { outcome: hit ? 'hit' : 'miss' } });
    if (hit) return { statusCode: 304, headers: { etag }, body: '' };
    return { statusCode, headers: { ...JSON_TYPE, etag }, body };
  };
};

/** Of what is edited the tag tells the revision too, for the If-Match of a change: see revision-seen.ts. */
const tagOf = (body: string, rev: number | undefined): string =>
  `"${rev === undefined ? '' : `${rev}.`}${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;

const revisionOf = (told: unknown): number | undefined => {
  const { rev } = (typeof told === 'object' && told !== null ? told : {}) as { rev?: unknown };
  return typeof rev === 'number' ? rev : undefined;
};

/** Of an answer, bytes: Lambda takes 6 MB, in which the body is text inside JSON and its quotes are escaped. */
const MOST_BYTES = 4 * 1024 * 1024;

function requireFits(body: string): void {
  const bytes = Buffer.byteLength(body);
  if (bytes <= MOST_BYTES) return;
  throw new AnswerTooLargeError(`The answer would have ${bytes} bytes; at most ${MOST_BYTES} are sent.`, {
    next: 'Ask for less at once: a smaller page, or one by its key.',
  });
}

/** Whether If-None-Match names the tag: one of a list, weak where something on the way has compressed the answer, or any. */
const names = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? '').split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
