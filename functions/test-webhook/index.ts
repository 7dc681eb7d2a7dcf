import { webhookEndpoints } from '../../shared/api/webhook-endpoints.ts';
import { deliverNow } from '../../shared/webhooks/deliver.ts';
import { loadWebhook } from '../../shared/webhooks/keep-webhooks.ts';
import { queueTest } from '../../shared/webhooks/queue-message.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { deliveryViewOf } from '../webhooks.ts';

const core: ApiCore<'test-webhook'> = async ({ webhookId, environment }, deps, { actor }) => {
  const webhook = await loadWebhook(deps.store, environment ?? deps.environment, webhookId);
  const message = await queueTest(deps, webhook, actor);
  return deliveryViewOf(await deliverNow(deps, webhook, message, actor));
};

export const create = apiFunction(webhookEndpoints['test-webhook'], core);
export const handler = onAws(create);
