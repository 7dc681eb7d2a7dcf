import { SlipwayError } from './slipway-error.ts';

class AlertNotFoundError extends SlipwayError {
  override readonly name = 'AlertNotFoundError';
  override readonly code = 'ALERT_NOT_FOUND';
}

export const alertNotFound = (id: string): AlertNotFoundError =>
  new AlertNotFoundError(`There is no alert ${id}.`, { next: 'slipway alerts list' });

/** The settings or the webhook are not at the revision that the caller saw. */
export class RevisionError extends SlipwayError {
  override readonly name = 'RevisionError';
  override readonly code = 'REVISION';
}

class WebhookNotFoundError extends SlipwayError {
  override readonly name = 'WebhookNotFoundError';
  override readonly code = 'WEBHOOK_NOT_FOUND';
}

export const webhookNotFound = (id: string): WebhookNotFoundError =>
  new WebhookNotFoundError(`There is no webhook ${id}.`, { next: 'slipway webhooks list' });

class DeliveryNotFoundError extends SlipwayError {
  override readonly name = 'DeliveryNotFoundError';
  override readonly code = 'DELIVERY_NOT_FOUND';
}

export const deliveryNotFound = (webhook: string, id: string): DeliveryNotFoundError =>
  new DeliveryNotFoundError(`Webhook ${webhook} has no message ${id}, or it is being sent at this moment.`, {
    next: `slipway webhooks deliveries ${webhook}`,
  });

/** It cannot be added as it is. */
export class WebhookInvalidError extends SlipwayError {
  override readonly name = 'WebhookInvalidError';
  override readonly code = 'WEBHOOK_INVALID';
}

/** The key of webhooks' secrets cannot be read. */
export class WebhookKeyError extends SlipwayError {
  override readonly name = 'WebhookKeyError';
  override readonly code = 'WEBHOOK_KEY';
  override readonly retryable = true;
}
