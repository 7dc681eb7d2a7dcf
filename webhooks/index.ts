export { sign, type WebhookMessage, WebhookSecretError } from '../shared/webhooks/sign-message.ts';
export { type SeenIds, type WebhookRefusal, WebhookVerificationError } from '../shared/webhooks/verify-message.ts';
export { type VerifyOptions, verify } from './verify.ts';
