import type { IncomingHttpHeaders } from 'node:http';
import type { Identity } from '../identify.ts';

export interface Arrived {
  readonly headers: IncomingHttpHeaders;
  readonly by: Identity;
  readonly url: URL;
  readonly method: string;
  readonly body: string;
  readonly requestId: string;
  readonly parameters: { readonly [name: string]: string };
  readonly routeKey: string;
}

/** The event of API Gateway's payload format 2.0. What is there several times is one text with commas, as API Gateway has it. */
export function gatewayEvent({ headers, by, url, method, body, requestId, parameters, routeKey }: Arrived) {
  const told = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || name === 'authorization' ? [] : [[name, Array.isArray(value) ? value.join(',') : value]],
  );
  const query = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    const before = query.get(name);
    query.set(name, before === undefined ? value : `${before},${value}`);
  }
  return {
    version: '2.0',
    routeKey,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: Object.fromEntries(told),
    queryStringParameters: Object.fromEntries(query),
    pathParameters: parameters,
    requestContext: { requestId, http: { method, path: url.pathname }, authorizer: { lambda: by } },
    ...(body === '' ? {} : { body }),
    isBase64Encoded: false,
  };
}
