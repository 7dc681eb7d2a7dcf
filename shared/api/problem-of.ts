import { SlipwayError } from '../errors/slipway-error.ts';
import { redact } from '../redaction/redact.ts';
import { InvalidInputError, PlanChangedError, PlanInvalidError } from './api-errors.ts';
import type { ProblemDetail } from './problem-detail.ts';

/** The HTTP status of each code that the API answers. */
export const PROBLEM_STATUS: Readonly<Record<string, number>> = {
  MALFORMED: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NO_SUCH_PATH: 404,
  ENVIRONMENT_NOT_FOUND: 404,
  RUN_NOT_FOUND: 404,
  COMPONENT_NOT_FOUND: 404,
  PHASE_NOT_FOUND: 404,
  VALIDATION_NOT_FOUND: 404,
  NO_CHECKS: 422,
  FLAG_NOT_FOUND: 404,
  ALERT_NOT_FOUND: 404,
  PLAN_NOT_FOUND: 404,
  PLAN_NAME: 422,
  AUDIT_ITEM_NOT_FOUND: 404,
  EXPERIMENT_NOT_FOUND: 404,
  EXPERIMENT_RUNNING: 409,
  EXPERIMENT_TOO_LARGE: 422,
  WEBHOOK_NOT_FOUND: 404,
  DELIVERY_NOT_FOUND: 404,
  WEBHOOK_INVALID: 422,
  WEBHOOK_KEY: 503,
  RUN_STATE: 409,
  FLAG_OWNED: 409,
  ROLLBACK_WINDOW: 409,
  IDEMPOTENCY_UNDER_WAY: 409,
  IDEMPOTENCY_ANSWER_LOST: 409,
  IDEMPOTENCY_KEY_REUSED: 422,
  PRECONDITION_FAILED: 412,
  PRECONDITION_REQUIRED: 428,
  FLAG_REVISION: 412,
  REVISION: 412,
  LIMITS_REVISION: 412,
  FLAG_INVALID: 422,
  SCHEDULE_NOT_FOUND: 404,
  SCHEDULE_REVISION: 412,
  SCHEDULE_INVALID: 422,
  SCHEDULER_FAILED: 503,
  SECRET_NOT_FOUND: 404,
  SECRET_REVISION: 412,
  SECRET_SETTINGS: 422,
  SECRET_SHAPE: 422,
  SECRET_BINARY: 422,
  SECRET_MISMATCH: 422,
  SECRET_ACCESS: 502,
  SECRETS_UNAVAILABLE: 503,
  SECRET_STAGE_MOVED: 409,
  SERVER_UNAVAILABLE: 503,
  ROTATION_BUSY: 409,
  ROTATION_STEP: 409,
  CREDENTIAL: 409,
  LOCKED: 409,
  LOCK_NOT_HELD: 409,
  LOCK_BUSY: 409,
  NOT_CONFIRMED: 428,
  SUPERSEDED: 409,
  PLAN_CHANGED: 409,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  REQUEST_TIMEOUT: 408,
  BODY_TOO_LARGE: 413,
  URI_TOO_LONG: 414,
  UNSUPPORTED_MEDIA_TYPE: 415,
  INVALID: 422,
  ANSWER_TOO_LARGE: 422,
  CURSOR_UNKNOWN: 422,
  HEADERS_TOO_LARGE: 431,
  UNEXPECTED: 500,
  PLAN_INVALID: 422,
  PREPARATION_FAILED: 422,
  RATE_LIMITED: 429,
  FUNCTION_TIMED_OUT: 503,
  RIVAL: 503,
  STORE_THROTTLED: 503,
  STORE_UNANSWERED: 503,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'Malformed request',
  401: 'Who are you?',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'Too slow',
  409: 'Conflict',
  412: 'Not as it was',
  413: 'Too large',
  414: 'Too long',
  415: 'Unsupported media type',
  422: 'Not possible as it is',
  428: 'Say what you saw',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'Unexpected error',
  502: 'Refused further on',
  503: 'Try again',
};

/** What a caller is told of an error. An error that nobody foresaw may hold anything, so only the log has its words. */
export const problemOf = (error: unknown): ProblemDetail => redact(toldOf(error));

function toldOf(error: unknown): ProblemDetail {
  if (!(error instanceof SlipwayError)) {
    return problem('UNEXPECTED', 'Something failed that nobody foresaw.', 'See the log of the control plane.');
  }
  const told = problem(error.code, error.message, error.next);
  if (error instanceof PlanInvalidError || error instanceof InvalidInputError) {
    return { ...told, problems: error.problems.map((one) => ({ ...one, path: [...one.path] })) };
  }
  if (error instanceof PlanChangedError)
    return { ...told, diff: structuredClone(error.diff) as NonNullable<ProblemDetail['diff']> };
  return told;
}

/** An answer of one of the codes above. */
export function problem(code: string, message: string, next?: string): ProblemDetail {
  const status = PROBLEM_STATUS[code] ?? 500;
  return {
    type: `urn:slipway:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: TITLES[status] ?? 'Error',
    status,
    code,
    detail: message,
    ...(next === undefined ? {} : { next }),
  };
}
