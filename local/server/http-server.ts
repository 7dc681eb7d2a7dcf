import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { HttpResponse } from '../../functions/middleware/http-event.ts';
import { readRoles, roleIn } from '../../shared/access/caller.ts';
import { eventStreams } from '../../shared/api/event-stream.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { WiredRoute } from '../graph/wiring.ts';
import type { Identify, Identity } from '../identify.ts';
import type { EventLog } from './event-log.ts';
import { closeServer, listen } from './listen.ts';
import { openStream } from './open-stream.ts';
import { BodyTooLargeError, bodyOf } from './request-body.ts';
import { type Matched, Router } from './router.ts';

export interface HttpServerOptions {
  readonly routes: readonly WiredRoute[];
  /** The address on which it listens: tokens are all that keeps others out where it is not the loopback's. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly identify: Identify;
  /** Calls a function by its name with an event of payload format 2.0. */
  readonly invoke: (name: string, event: unknown) => Promise<unknown>;
  /** What the streams of events tell. */
  readonly log: EventLog;
  readonly metrics: () => Promise<HttpResponse>;
  /** Called when a request is over; `route` is `none` where there is no such path. */
  readonly onAnswered: (route: string, status: number, seconds: number) => void;
  readonly clock: Clock;
  readonly onFault: (error: unknown) => void;
}

/** An HTTP API as API Gateway would serve it, for bearers of tokens only. */
export class HttpServer {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async listen(options: HttpServerOptions): Promise<HttpServer> {
    const router = new Router([...options.routes, ...OWN]);
    const server = createServer((request, response) => {
      const began = performance.now();
      response.once('close', () => {
        options.onAnswered(routeOf(router, request), response.statusCode, (performance.now() - began) / 1000);
      });
      answer(options, router, request, response)
        .catch((error: unknown) => faulty(options, error))
        .then((found) => found && send(response, found));
    });
    return new HttpServer(server, await listen(server, { host: options.host, port: options.port, option: '--port' }));
  }

  close(): Promise<void> {
    return closeServer(this.#server);
  }
}

const BASE = 'http://localhost';

/** As the graph names it: few, whatever is asked for. */
function routeOf(router: Router, request: IncomingMessage): string {
  const path = URL.parse(request.url ?? '/', BASE)?.pathname;
  const found = path === undefined ? undefined : router.find(request.method ?? 'GET', path);
  return found && 'route' in found ? `${found.route.method} ${found.route.path}` : 'none';
}

/** Undefined: it has been answered, as a stream. */
async function answer(
  options: HttpServerOptions,
  router: Router,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<HttpResponse | undefined> {
  const url = new URL(request.url ?? '/', BASE);
  const method = request.method ?? 'GET';
  const by = await options.identify(/^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '');
  if (!by) return problem(401, 'UNAUTHENTICATED', 'The bearer token is missing or wrong.');
  const found = router.find(method, url.pathname);
  if (!found) return problem(404, 'NO_SUCH_PATH', `There is no ${url.pathname}.`);
  if ('allowed' in found) {
    const refused = problem(405, 'METHOD_NOT_ALLOWED', `${method} is not possible here; ${found.allowed.join(', ')} is.`);
    return { ...refused, headers: { ...refused.headers, allow: found.allowed.join(', ') } };
  }
  const everything = found.route.function === METRICS || (found.route.function === EVENT_STREAM && !found.parameters['runId']);
  if (everything && roleIn({ roles: readRoles(by.roles) }, '*') === undefined)
    return problem(403, 'FORBIDDEN', `${by.actor} has no role in every environment, and ${url.pathname} tells of all.`);
  if (found.route.function === METRICS) return options.metrics();
  if (found.route.function === EVENT_STREAM) {
    const ask = (path: string) => get(options, router, { request, by }, path);
    return openStream({ ...options, ask, request, response }, found.parameters['runId']);
  }
  return call(options, found, { request, by, url, method, body: await bodyOf(request) });
}

function call(
  options: HttpServerOptions,
  { route, parameters }: Matched,
  arrived: Omit<Arrived, 'parameters' | 'routeKey'>,
): Promise<HttpResponse> {
  const event = eventOf({ ...arrived, parameters, routeKey: `${route.method} ${route.path}` });
  return options.invoke(route.function, event) as Promise<HttpResponse>;
}

/** What the bearer of a request would be answered for another path. */
function get(
  options: HttpServerOptions,
  router: Router,
  from: Pick<Arrived, 'request' | 'by'>,
  path: string,
): Promise<HttpResponse> {
  const url = new URL(path, BASE);
  const found = router.find('GET', url.pathname);
  if (!found || 'allowed' in found) throw new TypeError(`The graph has no route for GET ${url.pathname}.`);
  return call(options, found, { ...from, url, method: 'GET', body: '' });
}

const EVENT_STREAM = 'event-stream';
const METRICS = 'metrics';
const own = (path: string, name: string): WiredRoute => ({ method: 'GET', path, authorization: 'AWS_IAM', function: name });
/** Served by this server itself: on AWS an HTTP API cannot hold a stream, and CloudWatch has the metrics. */
const OWN: readonly WiredRoute[] = [
  ...Object.values(eventStreams).map((path) => own(path, EVENT_STREAM)),
  own('/metrics', METRICS),
];

interface Arrived {
  readonly request: IncomingMessage;
  readonly by: Identity;
  readonly url: URL;
  readonly method: string;
  readonly body: string;
  readonly parameters: { readonly [name: string]: string };
  readonly routeKey: string;
}

/** The event of API Gateway's payload format 2.0. */
function eventOf({ request, by, url, method, body, parameters, routeKey }: Arrived) {
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    value === undefined || name === 'authorization' ? [] : [[name, Array.isArray(value) ? value.join(',') : value]],
  );
  return {
    version: '2.0',
    routeKey,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: Object.fromEntries(headers),
    queryStringParameters: Object.fromEntries(url.searchParams),
    pathParameters: parameters,
    requestContext: { http: { method, path: url.pathname }, authorizer: { lambda: by } },
    ...(body === '' ? {} : { body }),
    isBase64Encoded: false,
  };
}

function faulty(options: HttpServerOptions, error: unknown): HttpResponse {
  if (error instanceof BodyTooLargeError) return problem(413, error.code, error.message);
  options.onFault(error);
  return problem(500, 'UNEXPECTED', 'The control plane could not answer.');
}

const NEXT: Readonly<Record<number, string>> = {
  401: 'Give the token of the data directory: authorization: Bearer TOKEN.',
  403: 'Read one run: GET /v1/runs/{runId}/events, or come with a token that has a role everywhere.',
  404: 'See the routes in functions/catalog.ts.',
  405: 'Use the method that is named.',
  413: 'Send a shorter plan.',
  500: 'See the log of the control plane.',
};

function problem(status: number, code: string, detail: string): HttpResponse {
  const type = `urn:slipway:problem:${code.toLowerCase().replaceAll('_', '-')}`;
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type, title: detail, status, code, detail, next: NEXT[status] }),
  };
}

function send(response: ServerResponse, { statusCode, headers, body }: HttpResponse): void {
  response.writeHead(statusCode, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
