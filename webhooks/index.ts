export { sign, type WebhookMessage, WebhookSecretError } from './sign.ts';
export { type SeenIds, type VerifyOptions, verify, type WebhookRefusal, WebhookVerificationError } from './verify.ts';
