import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { HttpResponse } from '../../functions/middleware/http-event.ts';
import { readRoles, roleIn } from '../../shared/access/caller.ts';
import { eventStreams } from '../../shared/api/event-stream.ts';
import { problem, problemOf } from '../../shared/api/problem-of.ts';
import { readRequestId } from '../../shared/api/request-id.ts';
import { SlipwayError } from '../../shared/errors/slipway-error.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { WiredRoute } from '../graph/wiring.ts';
import type { Identify } from '../identify.ts';
import type { Denied } from '../keep-denial.ts';
import type { EventLog } from './event-log.ts';
import { gatewayEvent } from './gateway-event.ts';
import { closeServer, listen } from './listen.ts';
import { openStream } from './open-stream.ts';
import { arrivalLimits, PATIENCE, type Patience, problemResponse, refuseUnreadable } from './refuse.ts';
import { bodyOf } from './request-body.ts';
import { type Found, type Matched, Router } from './router.ts';

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
  /** Called before whoever has no role in every environment is refused what tells of all. */
  readonly onDenied: (denied: Denied) => Promise<void>;
  readonly clock: Clock;
  /** For the ids of requests that bring none. */
  readonly ids: Pick<Ids, 'next'>;
  readonly onFault: (error: unknown) => void;
  readonly patience?: Patience;
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
    const nextId = () => options.ids.next();
    const server = createServer(arrivalLimits(options.patience ?? PATIENCE), (request, response) => {
      const began = performance.now();
      const url = urlOf(request.url);
      const found = url && router.find(request.method ?? 'GET', url.pathname);
      response.once('close', () => {
        const status = response.headersSent ? response.statusCode : UNHEARD;
        options.onAnswered(routeOf(found), status, (performance.now() - began) / 1000);
      });
      const requestId = readRequestId(request.headers['x-request-id']?.toString()) ?? nextId();
      response.setHeader('x-request-id', requestId);
      answer(options, router, { request, response, requestId, url, found })
        .catch((error: unknown) => refused(options, { request, requestId }, error))
        .then((found) => found && send(response, found));
    });
    refuseUnreadable(server, nextId);
    return new HttpServer(server, await listen(server, { host: options.host, port: options.port, option: '--port' }));
  }

  close(): Promise<void> {
    return closeServer(this.#server);
  }
}

/** Of a request whose sender left before it was answered, as nginx counts it. */
const UNHEARD = 499;

const BASE = 'http://localhost';
/** As API Gateway has it. */
const MAX_URL = 8192;

/** Undefined where it is no path. A leading `//` would name a host. */
const urlOf = (text = '/'): URL | undefined => (text.startsWith('/') ? (URL.parse(`${BASE}${text}`) ?? undefined) : undefined);

/** As the graph names it: few, whatever is asked for. */
const routeOf = (found: Found): string => (found && 'route' in found ? `${found.route.method} ${found.route.path}` : 'none');

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Undefined: it names no path. */
  readonly url: URL | undefined;
  readonly found: Found;
}

/** Undefined: it has been answered, as a stream. */
async function answer(options: HttpServerOptions, router: Router, exchange: Exchange): Promise<HttpResponse | undefined> {
  const { request, response, requestId, url, found } = exchange;
  const { method = 'GET', headers } = request;
  const refuse = (code: string, detail: string, next: string, more: Readonly<Record<string, string>> = {}) =>
    problemResponse({ ...problem(code, detail, next), requestId }, more);
  if ((request.url ?? '').length > MAX_URL)
    return refuse('URI_TOO_LONG', `The URL is longer than ${MAX_URL} bytes.`, 'Ask for less.');
  if (!url) return refuse('MALFORMED', 'The request names no path.', 'Ask for a path that begins with one /.');
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  const by = await options.identify(bearer);
  if (!by) {
    const next = 'Give the token of the data directory: authorization: Bearer TOKEN.';
    return refuse('UNAUTHENTICATED', 'The bearer token is missing or wrong.', next, { 'www-authenticate': 'Bearer' });
  }
  if (!found) return refuse('NO_SUCH_PATH', `There is no ${url.pathname}.`, 'See the paths of GET /openapi.json.');
  if ('allowed' in found) {
    const allow = found.allowed.join(', ');
    return refuse('METHOD_NOT_ALLOWED', `${method} is not possible here; ${allow} is.`, 'Use the method that is named.', {
      allow,
    });
  }
  const streams = STREAMED.has(found.route.path) && wantsStream(headers.accept);
  const everything = found.route.function === METRICS || (streams && !found.parameters['runId']);
  if (everything && roleIn({ roles: readRoles(by.roles) }, '*') === undefined) {
    await options.onDenied({ actor: by.actor, route: routeOf(found), requestId });
    const detail = `${by.actor} has no role in every environment, and ${url.pathname} tells of all.`;
    const next = `${streams ? 'Read one run: GET /v1/runs/{runId}/events, or come' : 'Come'} with a token that has a role everywhere.`;
    return refuse('FORBIDDEN', detail, next);
  }
  if (found.route.function === METRICS) return options.metrics();
  const arrived = { url, method, requestId, by };
  if (streams) {
    const { accept: _, ...others } = headers;
    const ask = (path: string) => get(options, router, { ...arrived, headers: others }, path);
    const opens = async () => (await options.identify(bearer)) !== undefined;
    return openStream({ ...options, ask, opens, request, response }, found.parameters['runId']);
  }
  return call(options, found, { ...arrived, headers, body: await bodyOf(request) });
}

type Asked = Pick<Parameters<typeof gatewayEvent>[0], 'headers' | 'by' | 'url' | 'method' | 'body' | 'requestId'>;

function call(options: HttpServerOptions, { route, parameters }: Matched, asked: Asked): Promise<HttpResponse> {
  const event = gatewayEvent({ ...asked, parameters, routeKey: `${route.method} ${route.path}` });
  return options.invoke(route.function, event) as Promise<HttpResponse>;
}

/** What the bearer of a request would be answered for another path. */
function get(options: HttpServerOptions, router: Router, asked: Omit<Asked, 'body'>, path: string): Promise<HttpResponse> {
  const url = new URL(path, BASE);
  const found = router.find('GET', url.pathname);
  if (!found || 'allowed' in found) throw new TypeError(`The graph has no route for GET ${url.pathname}.`);
  return call(options, found, { ...asked, url, method: 'GET', body: '' });
}

const METRICS = 'metrics';
/** Served by this server itself: on AWS CloudWatch has the metrics. */
const OWN: readonly WiredRoute[] = [{ method: 'GET', path: '/metrics', authorization: 'AWS_IAM', function: METRICS }];

/** A function answers them as pages; who names streams, which an HTTP API of AWS cannot hold, has one from this server. */
const STREAMED: ReadonlySet<string> = new Set(Object.values(eventStreams));
const wantsStream = (accept = ''): boolean => /(?:^|,)\s*text\/event-stream\s*(?:[;,]|$)/i.test(accept);

/** Undefined: nobody is left to read an answer. */
function refused(
  options: HttpServerOptions,
  { request, requestId }: Pick<Exchange, 'request' | 'requestId'>,
  error: unknown,
): HttpResponse | undefined {
  if (request.destroyed && !request.complete) return undefined;
  const told = { ...problemOf(error), requestId };
  if (!(error instanceof SlipwayError) || told.status >= 500) options.onFault(error);
  return problemResponse(told);
}

function send(response: ServerResponse, { statusCode, headers, body }: HttpResponse): void {
  const bytes = Buffer.from(body);
  response.writeHead(statusCode, { ...headers, 'content-length': bytes.length }).end(bytes);
}
