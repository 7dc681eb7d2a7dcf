export { sign, type WebhookMessage, WebhookSecretError } from '../shared/webhooks/sign-message.ts';
export {
  type SeenIds,
  type VerifyOptions,
  verify,
  type WebhookRefusal,
  WebhookVerificationError,
} from '../shared/webhooks/verify-message.ts';
