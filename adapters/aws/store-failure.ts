import { StoreRejectedError, StoreThrottledError, StoreUnansweredError } from '../../shared/errors/store-errors.ts';

const THROTTLED = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'LimitExceededException',
  'SlowDown',
  // Refused because another writer was there; nothing was written and a repeat helps, as with load.
  'TransactionConflictException',
  'ReplicatedWriteConflictException',
  'ConditionalRequestConflict',
]);

const UNANSWERED = new Set([
  'TimeoutError',
  'AbortError',
  'RequestTimeout',
  'RequestTimeoutException',
  'InternalServerError',
  'InternalFailure',
  'ServiceUnavailable',
]);

const BROKEN_CONNECTION = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

const NEXT: { readonly [name: string]: string } = {
  ResourceNotFoundException: 'Create the table, or correct its name and the region.',
  NoSuchBucket: 'Create the bucket, or correct its name and the region.',
  AccessDeniedException: 'Grant the action to the role that made the request.',
  AccessDenied: 'Grant the action to the role that made the request.',
  CredentialsProviderError: 'Sign in, or name a profile with credentials.',
  UnrecognizedClientException: 'Check the credentials and the region.',
  ExpiredTokenException: 'Sign in again: the credentials have expired.',
  LimitExceededFault: 'Remove what is not needed any more, or raise the quota.',
  LimitExceeded: 'Remove what is not needed any more, or raise the quota.',
  ItemCollectionSizeLimitExceededException: 'Spread the items over more partition keys.',
};

/** What a failed request means for the store's ports; `what` says what was tried, as the subject of a sentence. */
export const storeFailure = (what: string, cause: unknown): StoreThrottledError | StoreUnansweredError | StoreRejectedError => {
  const { name, message, code, status } = facts(cause);
  if (THROTTLED.has(name) || status === 429) {
    return new StoreThrottledError(`${what} was throttled (${name}).`, {
      next: 'Wait and repeat, with fewer requests at once.',
      cause,
    });
  }
  if (UNANSWERED.has(name) || BROKEN_CONNECTION.has(code) || (status !== undefined && status >= 500)) {
    return new StoreUnansweredError(`${what} got no answer (${code || name}).`, {
      next: 'Read again before repeating: it may have landed.',
      cause,
    });
  }
  const next =
    NEXT[name] ?? (/size/i.test(message) ? 'Keep large values as artefacts and store their keys.' : 'Correct the request.');
  return new StoreRejectedError(`${what} was refused (${name}): ${message}`, { next, cause });
};

const facts = (cause: unknown): { name: string; message: string; code: string; status: number | undefined } => {
  if (!(cause instanceof Error)) return { name: 'unknown', message: String(cause), code: '', status: undefined };
  const extra = cause as Error & { code?: unknown; $metadata?: { httpStatusCode?: number } };
  return {
    name: cause.name,
    message: cause.message,
    code: typeof extra.code === 'string' ? extra.code : '',
    status: extra.$metadata?.httpStatusCode,
  };
};
