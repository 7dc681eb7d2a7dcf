import { webhookEndpoints } from '../../shared/api/webhook-endpoints.ts';
import { removeWebhook } from '../../shared/webhooks/keep-webhooks.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { viewOf } from '../webhooks.ts';

const core: ApiCore<'remove-webhook'> = async ({ webhookId: id, environment }, deps, { actor }) =>
  viewOf(await removeWebhook(deps, { environment: environment ?? deps.environment, id, actor }), deps.clock.now());

export const create = apiFunction(webhookEndpoints['remove-webhook'], core);
export const handler = onAws(create);
