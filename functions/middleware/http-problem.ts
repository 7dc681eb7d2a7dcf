import type middy from '@middy/core';
import { RateLimitedError } from '../../shared/admission/admission-errors.ts';
import { problemOf } from '../../shared/api/problem-of.ts';
import { UnderWayError } from '../../shared/idempotency/idempotency-errors.ts';
import type { HttpResponse } from './http-event.ts';
import { logFault } from './invocation.ts';
import type { WithRequestId } from './request-id.ts';

/** Answers an error as `application/problem+json`. What nobody foresaw is logged, and told without its details. */
export const httpProblem = (): middy.MiddlewareObj => ({
  onError: (request) => {
    const { requestId } = request.internal as WithRequestId;
    const problem = { ...problemOf(request.error), ...(requestId === undefined ? {} : { requestId }) };
    if (problem.status >= 500) logFault(request.error, requestId);
    const response: HttpResponse = {
      statusCode: problem.status,
      headers: { 'content-type': 'application/problem+json', ...retryAfter(request.error, problem.status) },
      body: JSON.stringify(problem),
    };
    request.response = response;
  },
});

function retryAfter(error: unknown, status: number): { 'retry-after'?: string } {
  if (error instanceof RateLimitedError) return { 'retry-after': String(error.retryAfter) };
  if (error instanceof UnderWayError) return { 'retry-after': String(error.retryAfterSeconds) };
  return status === 503 ? { 'retry-after': '1' } : {};
}
