import type middy from '@middy/core';
import * as z from 'zod';
import { problemOf } from '../../shared/api/problem-of.ts';
import type { HttpEvent, HttpResponse } from './http-event.ts';
import { logFault } from './invocation.ts';
import type { WithRequestId } from './request-id.ts';

/** What middy keeps beside the event, which has been replaced when an error comes. */
type Internal = WithRequestId & { flagKey?: string | undefined };

/** By OFREP a caller has no say but headers: this one names an environment other than the control plane's own. */
const ENVIRONMENT = 'x-slipway-environment';

/**
 * A call by OFREP. Errors are answered in its words, by which its clients tell what to give instead: 404 for a key that no flag can
 * have, 400 for what the caller or the author of the flag must mend, and else the status of any other call.
 */
export const ofrepCall = (): middy.MiddlewareObj => ({
  before: (request) => {
    const event = request.event as HttpEvent;
    (request.internal as Internal).flagKey = event.pathParameters['key'];
    const environment = event.headers[ENVIRONMENT];
    if (environment === undefined) return;
    request.event = { ...event, queryStringParameters: { environment, ...event.queryStringParameters } };
  },
  onError: (request) => {
    const { status, code, detail } = problemOf(request.error);
    if (status >= 500) logFault(request.error, (request.internal as Internal).requestId);
    const errorCode = errorCodeOf(code, request.error);
    const response: HttpResponse = {
      statusCode: OWN_STATUS.has(status) || status >= 500 ? status : errorCode === 'FLAG_NOT_FOUND' ? 404 : 400,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: (request.internal as Internal).flagKey, errorCode, errorDetails: detail }),
    };
    request.response = response;
  },
});

/** What it says of a call has nothing to do with flags. */
const OWN_STATUS = new Set([401, 403, 406, 413, 429]);

/** The request is no JSON or has other fields; the flag cannot be compiled. */
const UNREADABLE = new Set(['MALFORMED', 'INVALID', 'UNSUPPORTED_MEDIA_TYPE', 'FLAG_INVALID']);

function errorCodeOf(code: string, error: unknown): string {
  const wrong = error instanceof Error && error.cause instanceof z.ZodError ? error.cause.issues.map(({ path }) => path[0]) : [];
  if (wrong.includes('key')) return 'FLAG_NOT_FOUND';
  if (wrong.includes('context')) return 'INVALID_CONTEXT';
  return UNREADABLE.has(code) ? 'PARSE_ERROR' : 'GENERAL';
}
