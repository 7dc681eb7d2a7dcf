import { type VerifyOptions as Options, verifyMessage } from '../shared/webhooks/verify-message.ts';

/** `now`: the system's clock by default. */
export type VerifyOptions = Partial<Options>;

type Given = Parameters<typeof verifyMessage>;

/**
 * Checks a message by Standard Webhooks, and answers its body as text. `secrets`: every one that is valid now. `headers`: of Node's
 * http, or a Headers object. `rawBody`: the bytes as they came; JSON that was parsed and printed again is another body.
 * Throws WebhookVerificationError, and WebhookSecretError for a secret that is none.
 */
export const verify = (secrets: Given[0], headers: Given[1], rawBody: Given[2], options: VerifyOptions = {}): Promise<string> =>
  verifyMessage(secrets, headers, rawBody, { now: Date.now, ...options });
