import { SlipwayError, type SlipwayErrorOptions } from './slipway-error.ts';

/** A request got no answer that can be used: no connection, a time-out, a redirect to another host, a body too large. */
export class HttpFailedError extends SlipwayError {
  override readonly name = 'HttpFailedError';
  override readonly code = 'HTTP_FAILED';
  override readonly retryable: boolean;

  constructor(message: string, options: SlipwayErrorOptions & { readonly retryable: boolean }) {
    super(message, options);
    this.retryable = options.retryable;
  }
}
