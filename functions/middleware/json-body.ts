import { MalformedError, UnsupportedMediaError } from '../../shared/api/api-errors.ts';
import { duplicateKey } from '../../shared/api/duplicate-key.ts';
import type { HttpEvent } from './http-event.ts';

/** The fields of a request's body; none where there is no body. */
export function jsonBody(event: Pick<HttpEvent, 'body' | 'headers' | 'isBase64Encoded'>): object {
  const text = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : (event.body ?? '');
  if (text === '') return {};
  requireJson(event.headers);
  const body = jsonOf(text);
  const odd = oddity(body) ?? twice(text);
  if (odd !== undefined) throw new MalformedError(`The body ${odd}.`, { next: 'Send an object without it.' });
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new MalformedError('The body is no JSON object.', { next: 'Send an object with the fields of the request.' });
}

function requireJson(headers: HttpEvent['headers']): void {
  const type = headers['content-type'] ?? '';
  const encoding = headers['content-encoding'] ?? 'identity';
  const charset = /;\s*charset="?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8';
  const told = type === '' ? 'of no named type' : type;
  if (/^application\/json\s*(?:;|$)/i.test(type) && /^utf-?8$/i.test(charset) && /^identity$/i.test(encoding)) return;
  const packed = /^identity$/i.test(encoding) ? '' : `, packed as ${encoding}`;
  throw new UnsupportedMediaError(`The body is ${told}${packed}; plain JSON is understood.`, {
    next: 'Send JSON in UTF-8 with the header content-type: application/json.',
  });
}

/** Lists and mappings one in another: schemas are read by recursion, which the stack must bear. */
const MAX_LEVELS = 500;

/** What no schema would tell: some drop such a key without a word. */
function oddity(body: unknown): string | undefined {
  let level = [body];
  for (let levels = 0; level.length > 0; levels += 1) {
    if (levels > MAX_LEVELS) return `is nested more than ${MAX_LEVELS} levels deep`;
    if (level.some((value) => typeof value === 'string' && !value.isWellFormed())) return 'holds half a character';
    const inner = level.filter((value) => typeof value === 'object' && value !== null);
    if (inner.some((value) => Object.hasOwn(value, '__proto__'))) return 'holds the key __proto__';
    if (inner.some((value) => Object.keys(value).some((key) => !key.isWellFormed()))) return 'holds half a character in a key';
    level = inner.flatMap((value) => Object.values(value));
  }
  return undefined;
}

function twice(text: string): string | undefined {
  const key = duplicateKey(text);
  return key === undefined ? undefined : `holds the key ${JSON.stringify(key.slice(0, 100))} twice in one object`;
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
