import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Client, OpenFeature } from '@openfeature/server-sdk';
import { SlipwayProvider } from 'slipway/openfeature';
import type { CitySearch } from './city-search.ts';
import type { Fault, FromService, ServiceStart, ToService } from './messages.ts';
import { type Datum, MetricsReport, type Variation } from './metrics-report.ts';
import { readSearches } from './read-searches.ts';

/** The flag of examples/cities/rollout-plan.yaml. */
const FLAG = 'new-search';
/** One answer of the new path in so many is compared with what the old path would have said. */
const COMPARED = 4;
/** What the faults do: three failures in ten, and a second of waiting. */
const FAILED_OF_TEN = 3;
const LATE_MS = 1000;
const REPORT_MS = 250;
const WARM_UP = Array.from({ length: 300 }, (_, index) => String.fromCharCode(97 + (index % 26), 97 + (index % 7)));

interface Service {
  readonly searches: Readonly<Record<Variation, CitySearch>>;
  readonly flags: Client;
  readonly report: MetricsReport;
  fault: Fault | undefined;
  /** Searches that the new path was asked, so far. */
  askedOfNew: number;
}

/** `GET /search?q=…` for the user that `x-user` names, by the path that the flag says. */
async function answer(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const began = performance.now();
  const url = URL.parse(request.url ?? '/', 'http://localhost');
  if (url?.pathname !== '/search') return void response.writeHead(404).end();
  const typed = url.searchParams.get('q') ?? '';
  const user = String(request.headers['x-user'] ?? '');
  const variation = (await service.flags.getBooleanValue(FLAG, false, { targetingKey: user })) ? 'on' : 'off';
  response.setHeader('x-search-path', variation === 'on' ? 'new' : 'old');
  const number = variation === 'on' ? ++service.askedOfNew : 0;
  try {
    const found = variation === 'on' ? await newPath(service, typed, number) : service.searches.off(typed);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found));
    service.report.answered(variation, performance.now() - began, false);
    if (variation === 'on' && number % COMPARED === 0) compareLater(service, typed, found);
  } catch {
    response.writeHead(500).end();
    service.report.answered(variation, performance.now() - began, true);
  }
}

async function newPath(service: Service, typed: string, number: number): Promise<ReturnType<CitySearch>> {
  const found = service.searches.on(typed);
  switch (service.fault) {
    case 'errors':
      if (number % 10 < FAILED_OF_TEN) throw new Error('The new path is broken.');
      return found;
    case 'latency':
      await pause(LATE_MS);
      return found;
    case 'mismatch':
      return found.slice(1);
    default:
      return found;
  }
}

/** After the user has the answer. */
function compareLater({ searches, report }: Service, typed: string, found: ReturnType<CitySearch>): void {
  setImmediate(() => report.compared('on', isDeepStrictEqual(searches.off(typed), found)));
}

async function start(options: ServiceStart): Promise<Service> {
  const { url, token, environment } = options;
  const [searches] = await Promise.all([
    readSearches(options.dynamodb),
    OpenFeature.setProviderAndWait(new SlipwayProvider({ url, token, environment, exposures: false })),
  ]);
  // The first searches of a process are slow, and no user's business.
  for (const typed of WARM_UP) {
    searches.searches.off(typed);
    searches.searches.on(typed);
  }
  const report = new MetricsReport();
  const service: Service = { ...searches, flags: OpenFeature.getClient(), report, fault: undefined, askedOfNew: 0 };
  // Longer than any user pauses: a connection that is closed just as it is used again would count as no answer.
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => void answer(service, request, response));
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    reportAgain(options, report);
    tell({ ready: { url: `http://127.0.0.1:${port}`, cities: searches.cities, places: searches.places } });
  });
  return service;
}

/** Until the process ends. What is not taken is missing, and guardrails hold for what is missing. */
function reportAgain(options: ServiceStart, report: MetricsReport): void {
  setTimeout(async () => {
    tell({ figures: report.figures });
    await handOn(options, report.take(Date.now())).catch((error: unknown) => console.error(`Metrics were not taken: ${error}`));
    reportAgain(options, report);
  }, REPORT_MS);
}

async function handOn({ url, token }: ServiceStart, data: readonly Datum[]): Promise<void> {
  if (data.length === 0) return;
  const response = await fetch(`${url}/v1/metrics`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ data }),
    signal: AbortSignal.timeout(5000),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the control plane answered ${response.status}`);
}

const tell = (message: FromService): void => void process.send?.(message);

let service: Promise<Service> | undefined;
process.on('message', async (message: ToService) => {
  if ('start' in message) {
    service = start(message.start);
    return;
  }
  const running = await service;
  if (!running) return;
  running.fault = message.fault;
  tell({ broken: Date.now() });
});
// Ctrl-C reaches every process of a terminal; this one ends with the one that started it.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
