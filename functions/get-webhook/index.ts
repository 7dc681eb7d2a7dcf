import { webhookEndpoints } from '../../shared/api/webhook-endpoints.ts';
import { loadWebhook } from '../../shared/webhooks/keep-webhooks.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { viewOf } from '../webhooks.ts';

const core: ApiCore<'get-webhook'> = async ({ webhookId, environment }, deps) =>
  viewOf(await loadWebhook(deps.store, environment ?? deps.environment, webhookId), deps.clock.now());

export const create = apiFunction(webhookEndpoints['get-webhook'], core);
export const handler = onAws(create);
