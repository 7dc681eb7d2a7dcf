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
  FLAG_NOT_FOUND: 404,
  RUN_STATE: 409,
  FLAG_OWNED: 409,
  ROLLBACK_WINDOW: 409,
  FLAG_REVISION: 412,
  FLAG_INVALID: 422,
  LOCKED: 409,
  SUPERSEDED: 409,
  PLAN_CHANGED: 409,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  INVALID: 422,
  PLAN_INVALID: 422,
  PREPARATION_FAILED: 422,
  STORE_THROTTLED: 503,
  STORE_UNANSWERED: 503,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'Malformed request',
  401: 'Who are you?',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  412: 'Not as it was',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Not possible as it is',
  500: 'Unexpected error',
  503: 'Try again',
};

/** What a caller is told of an error. An error that nobody foresaw may hold anything, so only the log has its words. */
export const problemOf = (error: unknown): ProblemDetail => redact(problem(error));

function problem(error: unknown): ProblemDetail {
  if (!(error instanceof SlipwayError)) {
    return detail(500, 'UNEXPECTED', 'Something failed that nobody foresaw.', 'See the log of the control plane.');
  }
  const told = detail(PROBLEM_STATUS[error.code] ?? 500, error.code, error.message, error.next);
  if (error instanceof PlanInvalidError || error instanceof InvalidInputError) {
    return { ...told, problems: error.problems.map((found) => ({ ...found, path: [...found.path] })) };
  }
  if (error instanceof PlanChangedError)
    return { ...told, diff: structuredClone(error.diff) as NonNullable<ProblemDetail['diff']> };
  return told;
}

const detail = (status: number, code: string, message: string, next: string | undefined): ProblemDetail => ({
  type: `urn:slipway:problem:${code.toLowerCase().replaceAll('_', '-')}`,
  title: TITLES[status] ?? 'Error',
  status,
  code,
  detail: message,
  ...(next === undefined ? {} : { next }),
});
