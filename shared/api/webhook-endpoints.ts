import * as z from 'zod';
import { endpoint } from './endpoint.ts';
import { environment } from './environment.ts';
import { SAMPLE_EVENT } from './samples.ts';
import {
  addWebhookInput,
  type DeliveryView,
  deliveryList,
  deliveryView,
  listDeliveriesInput,
  type WebhookView,
  webhookView,
  webhookWithSecret,
  whichDelivery,
  whichWebhook,
} from './webhooks.ts';

const { at } = SAMPLE_EVENT;
const webhook: WebhookView = {
  id: '01kdvw7k00s6h0pqe4r9v2x8yz',
  environment: 'production',
  url: 'https://hooks.example.com/slipway',
  subscriber: 'Acme, order desk',
  customer: 'acme',
  events: ['run.succeeded', 'run.failed'],
  format: 'standard',
  status: 'enabled',
  createdAt: at,
  createdBy: 'ann',
};
const delivery: DeliveryView = {
  id: 'msg_0mjuv5ts05f1d7c0a93be4826a1c0',
  type: 'webhook.test',
  status: 'delivered',
  attempts: 1,
  createdAt: at,
  lastAttempt: { at: at + 180, status: 204 },
};
const which = { webhookId: webhook.id, environment: 'production' };
const secret = 'whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=';
const { url, subscriber, customer, events } = webhook;

/** The API of webhooks. */
export const webhookEndpoints = {
  'add-webhook': endpoint('POST /v1/webhooks', addWebhookInput, webhookWithSecret, {
    role: 'admin',
    of: 'environment',
    refuses: ['WEBHOOK_INVALID', 'WEBHOOK_KEY'],
    verbatim: true,
    example: {
      input: { environment: 'production', url, subscriber, customer, events },
      output: { ...webhook, secret },
    },
  }),
  'list-webhooks': endpoint(
    'GET /v1/webhooks',
    z.strictObject({
      environment,
      subscriber: z.string().max(100).optional(),
      customer: z.string().max(100).optional(),
    }),
    z.object({ webhooks: z.array(webhookView) }),
    {
      role: 'viewer',
      of: 'environment',
      refuses: [],
      example: { input: { environment: 'production', customer: 'acme' }, output: { webhooks: [webhook] } },
    },
  ),
  'get-webhook': endpoint('GET /v1/webhooks/{webhookId}', whichWebhook, webhookView, {
    role: 'viewer',
    of: 'environment',
    refuses: ['WEBHOOK_NOT_FOUND'],
    example: { input: which, output: webhook },
  }),
  'remove-webhook': endpoint('DELETE /v1/webhooks/{webhookId}', whichWebhook, webhookView, {
    role: 'admin',
    of: 'environment',
    refuses: ['WEBHOOK_NOT_FOUND', 'REVISION'],
    example: { input: which, output: webhook },
  }),
  'rotate-webhook': endpoint('POST /v1/webhooks/{webhookId}/rotate', whichWebhook, webhookWithSecret, {
    role: 'admin',
    of: 'environment',
    refuses: ['WEBHOOK_NOT_FOUND', 'WEBHOOK_KEY', 'REVISION'],
    verbatim: true,
    example: { input: which, output: { ...webhook, bothUntil: at + 86_400_000, secret } },
  }),
  'test-webhook': endpoint('POST /v1/webhooks/{webhookId}/test', whichWebhook, deliveryView, {
    role: 'operator',
    of: 'environment',
    refuses: ['WEBHOOK_NOT_FOUND', 'DELIVERY_NOT_FOUND', 'WEBHOOK_KEY', 'REVISION'],
    example: { input: which, output: delivery },
  }),
  'list-deliveries': endpoint('GET /v1/webhooks/{webhookId}/deliveries', listDeliveriesInput, deliveryList, {
    role: 'viewer',
    of: 'environment',
    refuses: ['WEBHOOK_NOT_FOUND', 'CURSOR_UNKNOWN'],
    example: { input: { ...which, status: 'delivered' }, output: { deliveries: [delivery] } },
  }),
  'replay-delivery': endpoint('POST /v1/webhooks/{webhookId}/deliveries/{messageId}/replay', whichDelivery, deliveryView, {
    role: 'operator',
    of: 'environment',
    refuses: ['WEBHOOK_NOT_FOUND', 'DELIVERY_NOT_FOUND', 'WEBHOOK_KEY', 'REVISION'],
    example: { input: { ...which, messageId: delivery.id }, output: { ...delivery, type: 'run.failed' } },
  }),
} as const;
