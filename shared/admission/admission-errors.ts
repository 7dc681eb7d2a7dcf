import { SlipwayError, type SlipwayErrorOptions } from '../errors/slipway-error.ts';

/** The limits are not at the revision that the caller saw. */
export class LimitsRevisionError extends SlipwayError {
  override readonly name = 'LimitsRevisionError';
  override readonly code = 'LIMITS_REVISION';
}

/** A person has started as many runs as may be in an hour or a day. */
export class RateLimitedError extends SlipwayError {
  override readonly name = 'RateLimitedError';
  override readonly code = 'RATE_LIMITED';
  override readonly retryable = true;
  /** Whole seconds until the next run may be started. */
  readonly retryAfter: number;

  constructor(message: string, retryAfter: number, options: SlipwayErrorOptions) {
    super(message, options);
    this.retryAfter = retryAfter;
  }
}
