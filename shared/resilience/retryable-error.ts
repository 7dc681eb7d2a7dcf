import { SlipwayError } from '../errors/slipway-error.ts';

/** Connection, time-out and throttling, as Node, the AWS SDK and HTTP name them. Nothing else is repeated. */
const RETRYABLE: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceededException',
  'SlowDown',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  '408',
  '429',
  '503',
  '504',
]);

/** `code` (numbers there are the DOM's and mean nothing), then an HTTP status, as text: what an error says of itself. `fetch failed` hides it in its cause. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const facts = error as { code?: unknown; status?: unknown; statusCode?: unknown; $metadata?: { httpStatusCode?: unknown } };
  if (typeof facts.code === 'string') return facts.code;
  const status = [facts.status, facts.statusCode, facts.$metadata?.httpStatusCode].find((value) => typeof value === 'number');
  if (status !== undefined) return String(status);
  return error instanceof Error && error.cause !== undefined && error.cause !== error ? errorCode(error.cause) : undefined;
}

/** Whether another attempt can help. What an error says of itself with `retryable` counts first. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof SlipwayError) return error.retryable;
  if (typeof error !== 'object' || error === null) return false;
  const { retryable, name } = error as { retryable?: unknown; name?: unknown };
  if (typeof retryable === 'boolean') return retryable;
  return RETRYABLE.has(errorCode(error) ?? '') || (typeof name === 'string' && RETRYABLE.has(name));
}
