import { timingSafeEqual } from 'node:crypto';
import { signatureOf } from './sign-message.ts';

export type WebhookRefusal = 'WEBHOOK_HEADERS' | 'WEBHOOK_TOO_OLD' | 'WEBHOOK_TOO_NEW' | 'WEBHOOK_SIGNATURE' | 'WEBHOOK_REPLAYED';

/** The message is not to be believed: answer 400 and do nothing else. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';
  readonly code: WebhookRefusal;

  constructor(code: WebhookRefusal, message: string) {
    super(message);
    this.code = code;
  }
}

/** Remembers the ids of messages. One store for all processes of a receiver, with an expiry: a table, Redis. */
export interface SeenIds {
  /** Whether the id is new; from then on it is not. Must be atomic. May be forgotten after `seconds`. */
  remember(id: string, seconds: number): boolean | Promise<boolean>;
}

export interface VerifyOptions {
  /** How far the timestamp may be from now, either way; 300 by default. */
  readonly toleranceSeconds?: number;
  /** Epoch ms. */
  readonly now: () => number;
  /** Left out: a message that comes again within the tolerance passes again, as retries do after an answer that was lost. */
  readonly seen?: SeenIds;
}

type Headers = { readonly [name: string]: string | readonly string[] | undefined };

const TOLERANCE = 300;
/** More in one header are nobody's rotation. */
const MOST_SIGNATURES = 16;

/**
 * Checks a message by Standard Webhooks, and answers its body as text. `secrets`: every one that is valid now. `headers`: of Node's
 * http, or a Headers object. `rawBody`: the bytes as they came; JSON that was parsed and printed again is another body.
 * Throws WebhookVerificationError, and WebhookSecretError for a secret that is none.
 */
export async function verifyMessage(
  secrets: string | readonly string[],
  headers: Headers | globalThis.Headers,
  rawBody: string | Uint8Array,
  { toleranceSeconds = TOLERANCE, now, seen }: VerifyOptions,
): Promise<string> {
  const header = headerOf(headers);
  const [id, time, signatures] = [header('webhook-id'), header('webhook-timestamp'), header('webhook-signature')];
  if (id === '' || time === '' || signatures === '') {
    throw new WebhookVerificationError('WEBHOOK_HEADERS', 'webhook-id, webhook-timestamp or webhook-signature is missing.');
  }
  const timestamp = timestampOf(time, now() / 1000, toleranceSeconds);
  const expected = [secrets].flat().map((secret) => Buffer.from(signatureOf(secret, { id, timestamp, body: rawBody })));
  const given = signatures
    .split(' ')
    .slice(0, MOST_SIGNATURES)
    .map((text) => Buffer.from(text));
  // All are compared, whichever fits, so that time tells nothing.
  const fits = given.flatMap((one) => expected.map((other) => one.length === other.length && timingSafeEqual(one, other)));
  if (!fits.includes(true)) {
    throw new WebhookVerificationError('WEBHOOK_SIGNATURE', 'No signature is of this body and one of these secrets.');
  }
  if (seen && !(await seen.remember(id, 2 * toleranceSeconds))) {
    throw new WebhookVerificationError('WEBHOOK_REPLAYED', `The message ${id} has come before.`);
  }
  return typeof rawBody === 'string' ? rawBody : new TextDecoder().decode(rawBody);
}

/** Whole seconds, and no other way of writing them. */
function timestampOf(text: string, now: number, tolerance: number): number {
  if (!/^[1-9]\d{0,11}$/.test(text)) {
    throw new WebhookVerificationError('WEBHOOK_HEADERS', 'webhook-timestamp is not whole seconds.');
  }
  const timestamp = Number(text);
  if (timestamp < now - tolerance) throw new WebhookVerificationError('WEBHOOK_TOO_OLD', 'The message is too old.');
  if (timestamp > now + tolerance) throw new WebhookVerificationError('WEBHOOK_TOO_NEW', 'The message is from the future.');
  return timestamp;
}

/** Names are of any case; a header that came twice is none. */
function headerOf(headers: Headers | globalThis.Headers): (name: string) => string {
  if (headers instanceof globalThis.Headers) return (name) => headers.get(name) ?? '';
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => {
    const value = lower.get(name);
    return typeof value === 'string' ? value : '';
  };
}
