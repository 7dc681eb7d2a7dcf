import { createHmac } from 'node:crypto';

/** A secret of Standard Webhooks: `whsec_` and then 24 to 64 bytes as base64. Throws WebhookSecretError for anything else. */
function secretBytes(secret: string): Buffer {
  const [, encoded = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length >= 24 && bytes.length <= 64) return bytes;
  throw new WebhookSecretError('The secret of the webhook is not whsec_ and 24 to 64 bytes as base64.');
}

/** The secret is of another form than Standard Webhooks has. */
export class WebhookSecretError extends Error {
  override readonly name = 'WebhookSecretError';
  readonly code = 'WEBHOOK_SECRET';
}

export interface WebhookMessage {
  /** The same in every attempt to deliver it. */
  readonly id: string;
  /** Of this attempt, epoch seconds. */
  readonly timestamp: number;
  /** As it is sent, byte for byte. */
  readonly body: string | Uint8Array;
}

/** `v1,…` for one secret. */
export function signatureOf(secret: string, { id, timestamp, body }: WebhookMessage): string {
  const mac = createHmac('sha256', secretBytes(secret)).update(`${id}.${timestamp}.`).update(body);
  return `v1,${mac.digest('base64')}`;
}

/** The headers of a message. While a secret is being replaced there are two, and a signature by each. */
export const sign = (secrets: readonly string[], message: WebhookMessage): Readonly<Record<string, string>> => ({
  'webhook-id': message.id,
  'webhook-timestamp': String(message.timestamp),
  'webhook-signature': secrets.map((secret) => signatureOf(secret, message)).join(' '),
});
