import { SlipwayError, type SlipwayErrorOptions } from '../errors/slipway-error.ts';

/** An Idempotency-Key came again with something else. */
export class KeyReusedError extends SlipwayError {
  override readonly name = 'KeyReusedError';
  override readonly code = 'IDEMPOTENCY_KEY_REUSED';
}

/** The same call is being carried out at this moment, or until a moment ago was. */
export class UnderWayError extends SlipwayError {
  override readonly name = 'UnderWayError';
  override readonly code = 'IDEMPOTENCY_UNDER_WAY';
  override readonly retryable = true;
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number, options: SlipwayErrorOptions) {
    super(message, options);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The call was carried out, and what it answered was not kept. */
export class AnswerLostError extends SlipwayError {
  override readonly name = 'AnswerLostError';
  override readonly code = 'IDEMPOTENCY_ANSWER_LOST';
}
