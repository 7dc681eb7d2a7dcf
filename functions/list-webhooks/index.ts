import { webhookEndpoints } from '../../shared/api/webhook-endpoints.ts';
import { listWebhooks } from '../../shared/webhooks/keep-webhooks.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { viewOf } from '../webhooks.ts';

const core: ApiCore<'list-webhooks'> = async ({ environment, subscriber, customer }, deps) => {
  const found = await listWebhooks(deps.store, environment ?? deps.environment);
  const wanted = found.filter(
    (webhook) =>
      (subscriber === undefined || webhook.subscriber === subscriber) &&
      (customer === undefined || webhook.customer === customer),
  );
  return { webhooks: wanted.map((webhook) => viewOf(webhook, deps.clock.now())) };
};

export const create = apiFunction(webhookEndpoints['list-webhooks'], core);
export const handler = onAws(create);
