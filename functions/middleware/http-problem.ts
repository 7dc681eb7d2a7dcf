import type middy from '@middy/core';
import { problemOf } from '../../shared/api/problem-of.ts';
import type { HttpResponse } from './http-event.ts';

/** Answers an error as `application/problem+json`. What nobody foresaw is logged, and told without its details. */
export const httpProblem = (): middy.MiddlewareObj => ({
  onError: (request) => {
    const problem = problemOf(request.error);
    if (problem.status >= 500) console.error(request.error);
    const response: HttpResponse = {
      statusCode: problem.status,
      headers: { 'content-type': 'application/problem+json' },
      body: JSON.stringify(problem),
    };
    request.response = response;
  },
});
