import type middy from '@middy/core';
import type * as z from 'zod';
import { acceptsJson } from '../../shared/api/accepts.ts';
import { InvalidInputError, MalformedError, NotAcceptableError } from '../../shared/api/api-errors.ts';
import { takesRevision } from '../../shared/api/refusals.ts';
import type { HttpEvent } from './http-event.ts';
import { jsonBody } from './json-body.ts';
import { parsed } from './parse-input.ts';
import { revisionSeen } from './revision-seen.ts';

export interface HttpInput<Input> {
  readonly event: HttpEvent;
  /** The tag of the answer that the caller has. */
  readonly ifNoneMatch?: string;
  /** What the caller named the call. */
  readonly idempotencyKey?: string;
  readonly input: Input;
}

/** Turns an HTTP event into the input: query, fields of a JSON body, path parameters; the later wins. `edits`: it puts or deletes. */
export const httpInput = (schema: z.ZodType, { edits = false } = {}): middy.MiddlewareObj => ({
  before: (request) => {
    const event = request.event as HttpEvent;
    requireJsonWanted(event.headers['accept']);
    if (edits && !takesRevision({ input: schema })) requireUnconditional(event.headers);
    const sent: Record<string, unknown> = { ...event.queryStringParameters, ...jsonBody(event), ...event.pathParameters };
    const tag = event.headers['if-none-match'];
    const key = event.headers['idempotency-key'];
    if (key !== undefined && !/^[\x21-\x7e]{1,200}$/.test(key)) {
      throw new MalformedError('The Idempotency-Key is not 1 to 200 visible characters of ASCII.', { next: 'Send a UUID.' });
    }
    request.event = {
      event,
      input: inputOf(schema, sent, event),
      ...(tag === undefined ? {} : { ifNoneMatch: tag }),
      ...(key === undefined ? {} : { idempotencyKey: key }),
    } satisfies HttpInput<unknown>;
  },
});

/** What does not fit is told before what has changed meanwhile. */
function inputOf(schema: z.ZodType, sent: unknown, event: HttpEvent): unknown {
  const input = parsed(schema, sent);
  if (!takesRevision({ input: schema })) return input;
  const change = input as { readonly ifRev?: number };
  return { ...change, ifRev: revisionSeen(event, change.ifRev) };
}

/** Whoever sends a condition relies on it: where there are no revisions that it could hold for, nothing is changed. */
function requireUnconditional(headers: HttpEvent['headers']): void {
  const matches = headers['if-match'] !== undefined;
  if (!matches && headers['if-none-match']?.trim() !== '*') return;
  const path = [matches ? 'if-match' : 'if-none-match'];
  throw new InvalidInputError([
    { code: 'NO_REVISIONS', path, message: 'is not taken here: this call changes nothing by its ETag' },
  ]);
}

function requireJsonWanted(accept: string | undefined): void {
  if (acceptsJson(accept)) return;
  throw new NotAcceptableError(`Nothing here is ${accept?.slice(0, 200)}.`, { next: 'Accept application/json.' });
}
