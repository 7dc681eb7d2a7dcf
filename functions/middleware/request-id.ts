import type middy from '@middy/core';
import { readRequestId } from '../../shared/api/request-id.ts';
import { type HttpEvent, type HttpResponse, httpEvent } from './http-event.ts';
import type { LambdaContext } from './lambda-handler.ts';

/** What middy keeps beside the event. */
export type WithRequestId = { requestId?: string };

/** The caller's own id of a request, or that of the API, or else of the invocation. */
export const requestIdOf = ({ headers, requestContext }: HttpEvent, context: Pick<LambdaContext, 'awsRequestId'>): string =>
  readRequestId(headers['x-request-id']) ?? requestContext.requestId ?? context.awsRequestId;

/** Reads the event, and gives every answer the id of its request. To be used first: it sees what the others have answered. */
export const requestId = (): middy.MiddlewareObj => {
  const tell = (request: middy.Request): void => {
    const id = (request.internal as WithRequestId).requestId;
    const response = request.response as HttpResponse | undefined;
    if (!response || id === undefined) return;
    request.response = { ...response, headers: { ...response.headers, 'x-request-id': id } };
  };
  return {
    before: (request) => {
      const event = httpEvent.parse(request.event);
      (request.internal as WithRequestId).requestId = requestIdOf(event, request.context as unknown as LambdaContext);
      request.event = event;
    },
    after: tell,
    onError: tell,
  };
};
