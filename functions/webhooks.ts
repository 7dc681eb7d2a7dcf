import type { DeliveryView, WebhookView } from '../shared/api/webhooks.ts';
import { webhookSecret } from '../shared/webhooks/webhook-secret.ts';
import type { DeliveryState, WebhookState } from '../shared/webhooks/webhook-state.ts';

/** A webhook as people see it: a URL may hold the key to what is behind it. */
export function viewOf(webhook: WebhookState, now: number): WebhookView {
  const { id, environment, subscriber, customer, events, format, disabled, createdAt, createdBy, oldUntil = 0 } = webhook;
  const { origin, pathname } = new URL(webhook.url);
  return {
    ...{ id, environment, subscriber, customer, events, format, createdAt, createdBy },
    url: format === 'standard' ? `${origin}${pathname}` : origin,
    status: disabled === undefined ? 'enabled' : 'disabled',
    reason: disabled,
    bothUntil: oldUntil > now ? oldUntil : undefined,
  };
}

export const withSecret = (webhook: WebhookState, key: Uint8Array, now: number) => ({
  ...viewOf(webhook, now),
  secret: webhookSecret(key, webhook.id, webhook.generation),
});

export const deliveryViewOf = ({ id, type, status, attempts, createdAt, dueAt, lastAttempt }: DeliveryState): DeliveryView => ({
  ...{ id, type, status, attempts, createdAt, dueAt, lastAttempt },
});
