import type { Value } from './store.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: string;
  /** Sent as JSON. */
  readonly body?: Value;
  /** To the end of the answer's body, ms. */
  readonly timeoutMs: number;
  /** It is being measured: a layer that repeats failed requests leaves it alone. */
  readonly once?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** From sending to the end of the body, ms; redirects included. */
  readonly durationMs: number;
}

/** Requests to services of the user. Follows redirects within the same host only; throws HttpFailedError where there is no answer. */
export interface Http {
  send(request: HttpRequest): Promise<HttpAnswer>;
}
