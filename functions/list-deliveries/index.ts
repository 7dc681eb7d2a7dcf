import { webhookEndpoints } from '../../shared/api/webhook-endpoints.ts';
import { loadWebhook } from '../../shared/webhooks/keep-webhooks.ts';
import { readDelivery, webhookKey } from '../../shared/webhooks/webhook-state.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { deliveryViewOf } from '../webhooks.ts';

const core: ApiCore<'list-deliveries'> = async ({ webhookId, environment, status, limit, cursor }, deps) => {
  await loadWebhook(deps.store, environment ?? deps.environment, webhookId);
  const range = { prefix: 'DELIVERY#', descending: true, limit, ...(cursor === undefined ? {} : { cursor }) };
  const page = await deps.store.list(webhookKey(webhookId).pk, range);
  const deliveries = page.items.map(readDelivery).filter((delivery) => status === undefined || delivery.status === status);
  return { deliveries: deliveries.map(deliveryViewOf), ...(page.cursor === undefined ? {} : { cursor: page.cursor }) };
};

export const create = apiFunction(webhookEndpoints['list-deliveries'], core);
export const handler = onAws(create);
