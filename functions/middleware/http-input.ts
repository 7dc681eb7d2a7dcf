import type middy from '@middy/core';
import type * as z from 'zod';
import { MalformedError, UnsupportedMediaError } from '../../shared/api/api-errors.ts';
import { type HttpEvent, httpEvent } from './http-event.ts';
import { parsed } from './parse-input.ts';

export interface HttpInput<Input> {
  readonly event: HttpEvent;
  /** The tag of the answer that the caller has. */
  readonly ifNoneMatch?: string;
  readonly input: Input;
}

/** Turns an HTTP event into the input: query, fields of a JSON body, path parameters; the later wins. */
export const httpInput = (schema: z.ZodType): middy.MiddlewareObj => ({
  before: (request) => {
    const event = httpEvent.parse(request.event);
    const given = { ...event.queryStringParameters, ...bodyOf(event), ...event.pathParameters };
    const tag = event.headers['if-none-match'];
    request.event = {
      event,
      input: parsed(schema, given),
      ...(tag === undefined ? {} : { ifNoneMatch: tag }),
    } satisfies HttpInput<unknown>;
  },
});

function bodyOf(event: HttpEvent): object {
  const text = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : (event.body ?? '');
  if (text === '') return {};
  const type = event.headers['content-type'] ?? '';
  if (!/^application\/json\b/i.test(type)) {
    throw new UnsupportedMediaError(`The body is ${type === '' ? 'of no named type' : type}; JSON is understood.`, {
      next: 'Send JSON with the header content-type: application/json.',
    });
  }
  const body = jsonOf(text);
  const odd = oddity(body);
  if (odd !== undefined) throw new MalformedError(`The body ${odd}.`, { next: 'Send an object without it.' });
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new MalformedError('The body is no JSON object.', { next: 'Send an object with the fields of the request.' });
}

/** Lists and mappings one in another: schemas are read by recursion, which the stack must bear. */
const MAX_LEVELS = 500;

/** What no schema would tell: some drop such a key without a word. */
function oddity(body: unknown): string | undefined {
  let level = [body];
  for (let levels = 0; level.length > 0; levels += 1) {
    if (levels > MAX_LEVELS) return `is nested more than ${MAX_LEVELS} levels deep`;
    const inner = level.filter((value) => typeof value === 'object' && value !== null);
    if (inner.some((value) => Object.hasOwn(value, '__proto__'))) return 'holds the key __proto__';
    level = inner.flatMap((value) => Object.values(value));
  }
  return undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // Its words repeat the body, which may hold anything: only where it ends being JSON is told.
    const at = /at position \d+/.exec(cause instanceof Error ? cause.message : '')?.[0];
    throw new MalformedError(`The body is not JSON${at === undefined ? '' : ` ${at}`}.`, { next: 'Send valid JSON.' });
  }
}
