import * as z from 'zod';
import type { Item, Key } from '../ports/store.ts';
import { readable } from '../run/run-state.ts';
import { webhookFormat } from './message-body.ts';
import { WEBHOOK_EVENTS, type WebhookEvent } from './webhook-events.ts';

export const webhookEvent = z.enum(Object.keys(WEBHOOK_EVENTS) as [WebhookEvent, ...WebhookEvent[]]);

/** A subscription. Times are epoch ms. */
const webhookState = z.object({
  id: z.string(),
  environment: z.string(),
  url: z.string(),
  /** Whose it is, in the words of whoever added it. */
  subscriber: z.string(),
  /** Nothing but what is about runs of this target: `acme` of `production/acme`. */
  customer: z.string().optional(),
  events: z.array(webhookEvent),
  format: webhookFormat,
  /** The number of its secret; the one before is valid as well until `oldUntil`. */
  generation: z.number(),
  oldUntil: z.number().optional(),
  /** Why nothing is sent to it any more. */
  disabled: z.string().optional(),
  createdAt: z.number(),
  createdBy: z.string(),
  removed: z.boolean().optional(),
  rev: z.number(),
});
export type WebhookState = z.output<typeof webhookState>;
export const readWebhook = (item: Item): WebhookState => webhookState.parse(readable(item));

/** `dead`: given up, until somebody replays it. */
export const deliveryStatus = z.enum(['pending', 'delivered', 'dead']);

/** A message to one webhook. */
const deliveryState = z.object({
  id: z.string(),
  type: z.string(),
  body: z.string(),
  status: deliveryStatus,
  attempts: z.number(),
  createdAt: z.number(),
  /** When it is tried next, or found again where whoever took it died. */
  dueAt: z.number().optional(),
  lastAttempt: z.object({ at: z.number(), status: z.number().optional(), failed: z.string().optional() }).optional(),
  rev: z.number(),
});
export type DeliveryState = z.output<typeof deliveryState>;
export const readDelivery = (item: Item): DeliveryState => deliveryState.parse(readable(item));

export const WEBHOOKS = 'webhook';
export const webhookKey = (id: string): Key => ({ pk: `WEBHOOK#${id}`, sk: 'WEBHOOK' });
export const deliveryKey = (webhook: string, id: string): Key => ({ pk: `WEBHOOK#${webhook}`, sk: `DELIVERY#${id}` });
/** Under it are the messages that a webhook is yet to get. */
export const dueOf = (webhook: string): string => `delivery#${webhook}`;
