import { SlipwayError } from './slipway-error.ts';

/** The store did not answer: the write may have landed, or may land yet. Only a read can tell. */
export class StoreUnansweredError extends SlipwayError {
  override readonly name = 'StoreUnansweredError';
  override readonly code = 'STORE_UNANSWERED';
  override readonly retryable = true;
}

/** The store refused for load; nothing was written. */
export class StoreThrottledError extends SlipwayError {
  override readonly name = 'StoreThrottledError';
  override readonly code = 'STORE_THROTTLED';
  override readonly retryable = true;
}

/** The store refused the request for good: bad input, no such table, no permission. */
export class StoreRejectedError extends SlipwayError {
  override readonly name = 'StoreRejectedError';
  override readonly code = 'STORE_REJECTED';
}

/** An item was written by a newer release than this one. */
export class SchemaTooNewError extends SlipwayError {
  override readonly name = 'SchemaTooNewError';
  override readonly code = 'SCHEMA_TOO_NEW';
}

/** A list cannot go on where the caller says: the cursor is of another list, or of none. */
export class CursorUnknownError extends SlipwayError {
  override readonly name = 'CursorUnknownError';
  override readonly code = 'CURSOR_UNKNOWN';

  constructor(cause?: unknown) {
    super('The cursor is none of this list.', { next: 'Give the cursor of the page before, or none to begin anew.', cause });
  }
}
