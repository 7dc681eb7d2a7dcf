import * as z from 'zod';
import { webhookFormat } from '../webhooks/message-body.ts';
import { deliveryStatus, webhookEvent } from '../webhooks/webhook-state.ts';
import { page } from './endpoint.ts';
import { environment } from './environment.ts';

export const webhookId = z.string().regex(/^[0-9a-z]{26}$/, 'must be the id of a webhook: 26 characters of 0-9 and a-z');
export const messageId = z.string().regex(/^msg_[0-9a-z]{29}$/, 'must be the id of a message: msg_ and 29 characters');

export const whichWebhook = z.strictObject({ webhookId, environment });
export const whichDelivery = z.strictObject({ webhookId, messageId, environment });

const label = z.string().min(1).max(100);

export const addWebhookInput = z.strictObject({
  environment,
  /** https, and an address of the public internet whenever something is sent. */
  url: z.url().max(2000),
  /** Whose it is, in your own words. */
  subscriber: label,
  /** Nothing but what is about runs whose target has this name: `acme` of `production/acme`. */
  customer: label.optional(),
  /** All of them where left out. */
  events: z
    .array(webhookEvent)
    .min(1)
    .max(50)
    .default([...webhookEvent.options]),
  format: webhookFormat.default('standard'),
});

/** Times are epoch ms. */
export const webhookView = z.object({
  id: z.string(),
  environment: z.string(),
  /** Without its query; of a chat, whose URL is as good as a password, the host alone. */
  url: z.string(),
  subscriber: z.string(),
  customer: z.string().optional(),
  events: z.array(webhookEvent),
  format: webhookFormat,
  status: z.enum(['enabled', 'disabled']),
  /** Why it is disabled. */
  reason: z.string().optional(),
  createdAt: z.number(),
  createdBy: z.string(),
  /** Until then messages are signed by the secret before as well. */
  bothUntil: z.number().optional(),
});
export type WebhookView = z.output<typeof webhookView>;

/** `secret` is told this once: an answer that is given again for its Idempotency-Key has `[redacted]`. */
export const webhookWithSecret = webhookView.extend({ secret: z.string() });

export const listDeliveriesInput = z.strictObject({ webhookId, environment, status: deliveryStatus.optional(), ...page });
export const deliveryView = z.object({
  id: z.string(),
  type: z.string(),
  status: deliveryStatus,
  attempts: z.number(),
  createdAt: z.number(),
  /** When it is tried next. */
  dueAt: z.number().optional(),
  /** `status`: that of the answer; `failed`: why there was none. */
  lastAttempt: z.object({ at: z.number(), status: z.number().optional(), failed: z.string().optional() }).optional(),
});
export type DeliveryView = z.output<typeof deliveryView>;
/** Newest first. A page may hold fewer than asked for, or none, and go on all the same: `cursor` tells. */
export const deliveryList = z.object({ deliveries: z.array(deliveryView), cursor: z.string().optional() });
