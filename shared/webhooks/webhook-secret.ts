import { createHmac } from 'node:crypto';
import { knownSecrets } from '../redaction/known-secrets.ts';
import type { WebhookState } from './webhook-state.ts';

/** The secret of a webhook's generation: 32 bytes that nobody can tell without the key, so that no secret is ever stored. */
export function webhookSecret(key: Uint8Array, id: string, generation: number): string {
  const secret = `whsec_${createHmac('sha256', key).update(`webhook\n${id}\n${generation}`).digest('base64')}`;
  knownSecrets.add(secret);
  return secret;
}

/** Those by which a message is signed now, the newest first. */
export function validSecrets(key: Uint8Array, { id, generation, oldUntil }: WebhookState, now: number): readonly string[] {
  const old = oldUntil !== undefined && oldUntil > now ? [webhookSecret(key, id, generation - 1)] : [];
  return [webhookSecret(key, id, generation), ...old];
}
