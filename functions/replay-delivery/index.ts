import { webhookEndpoints } from '../../shared/api/webhook-endpoints.ts';
import { deliverNow } from '../../shared/webhooks/deliver.ts';
import { loadWebhook } from '../../shared/webhooks/keep-webhooks.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { deliveryViewOf } from '../webhooks.ts';

const core: ApiCore<'replay-delivery'> = async ({ webhookId, messageId, environment }, deps, { actor }) => {
  const webhook = await loadWebhook(deps.store, environment ?? deps.environment, webhookId);
  return deliveryViewOf(await deliverNow(deps, webhook, messageId, actor));
};

export const create = apiFunction(webhookEndpoints['replay-delivery'], core);
export const handler = onAws(create);
