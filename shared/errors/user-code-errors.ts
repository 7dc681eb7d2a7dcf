import { redact } from '../redaction/redact.ts';
import { redactText } from '../redaction/redact-text.ts';
import { UserCodeError } from './run-errors.ts';
import { SlipwayError, type SlipwayErrorOptions } from './slipway-error.ts';

/** What crosses from a user's function when it throws: the same from a worker and from a Lambda. */
export interface Thrown {
  readonly name: string;
  readonly message: string;
  /** The error's own `code` or HTTP status, as text. */
  readonly code?: string;
  /** The user said so with `retryable: true`, or the code is one of a connection, a time-out or throttling. */
  readonly retryable: boolean;
  /** A few lines, for people. */
  readonly stack?: string;
}

/** A user's function threw. It is not under way any more. */
export class UserFunctionError extends UserCodeError {
  override readonly name = 'UserFunctionError';
  override readonly retryable: boolean;
  readonly thrown: Thrown;

  constructor(what: string, thrown: Thrown, options: SlipwayErrorOptions = {}) {
    super(`${what} failed: ${thrown.name}: ${redactText(thrown.message)}`, options);
    this.thrown = redact(thrown);
    this.retryable = thrown.retryable;
  }
}

/** A user's function ended because the process around it did: nothing of it is under way, and how far it got is unknown. */
export class UserCodeLostError extends SlipwayError {
  override readonly name = 'UserCodeLostError';
  override readonly code = 'USER_CODE_LOST';
  override readonly retryable = true;
}

/** A user's function was never started: refused for load, not reachable, or too late. Nothing was done. */
export class UserCodeNotStartedError extends SlipwayError {
  override readonly name = 'UserCodeNotStartedError';
  override readonly code = 'USER_CODE_NOT_STARTED';
  override readonly retryable = true;
}

/** A function failed so often in a row that it is left alone for a while. Nothing was done. */
export class CircuitOpenError extends SlipwayError {
  override readonly name = 'CircuitOpenError';
  override readonly code = 'CIRCUIT_OPEN';
  override readonly retryable = true;
  /** Epoch ms at which a call will be let through again. */
  readonly retryAt: number;

  constructor(message: string, retryAt: number, options: SlipwayErrorOptions = {}) {
    super(message, options);
    this.retryAt = retryAt;
  }
}

/** Whether a failed call is known to have done nothing: it never began. */
export const neverBegan = (error: unknown): boolean =>
  error instanceof UserCodeNotStartedError || error instanceof CircuitOpenError;
