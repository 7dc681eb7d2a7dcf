import { webhookEndpoints } from '../../shared/api/webhook-endpoints.ts';
import { WebhookInvalidError } from '../../shared/errors/told-errors.ts';
import { addWebhook } from '../../shared/webhooks/keep-webhooks.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { withSecret } from '../webhooks.ts';

const core: ApiCore<'add-webhook'> = async ({ environment: named, ...asked }, deps, { actor }) => {
  const refusal = deps.sender.refusal(asked.url);
  if (refusal !== undefined) {
    const next = 'Name an https URL of the public internet, without user name and password.';
    throw new WebhookInvalidError(`Nothing would be sent to this URL: ${refusal}.`, { next });
  }
  const key = await deps.webhookKey.make();
  const webhook = await addWebhook(deps, { ...asked, environment: named ?? deps.environment, actor });
  return withSecret(webhook, key, deps.clock.now());
};

export const create = apiFunction(webhookEndpoints['add-webhook'], core);
export const handler = onAws(create);
