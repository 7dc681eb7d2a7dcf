import { webhookEndpoints } from '../../shared/api/webhook-endpoints.ts';
import { rotateWebhook } from '../../shared/webhooks/keep-webhooks.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { withSecret } from '../webhooks.ts';

const core: ApiCore<'rotate-webhook'> = async ({ webhookId: id, environment }, deps, { actor }) => {
  const webhook = await rotateWebhook(deps, { environment: environment ?? deps.environment, id, actor });
  return withSecret(webhook, await deps.webhookKey.read(), deps.clock.now());
};

export const create = apiFunction(webhookEndpoints['rotate-webhook'], core);
export const handler = onAws(create);
