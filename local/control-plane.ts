import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { EventEmitter } from '../adapters/embedded/event-emitter.ts';
import { systemClock } from '../adapters/embedded/system-clock.ts';
import { systemIds } from '../adapters/embedded/system-ids.ts';
import { userName } from '../adapters/embedded/user-name.ts';
import type { HttpResponse } from '../functions/middleware/http-event.ts';
import { LOCAL_LIMITS } from '../shared/admission/default-limits.ts';
import type { Limits } from '../shared/admission/limits.ts';
import { RETENTION_DAYS, retentionOf } from '../shared/cleaning/retention.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Level } from '../shared/ports/telemetry.ts';
import { redactText } from '../shared/redaction/redact-text.ts';
import { AccessTokens } from './access-tokens.ts';
import { Closing } from './closing.ts';
import { evaluateGraph } from './graph/evaluate-graph.ts';
import { readWiring } from './graph/read-wiring.ts';
import type { Wiring } from './graph/wiring.ts';
import { identify } from './identify.ts';
import { type Machinery, startMachinery } from './machinery.ts';
import { PlaneMetrics } from './metrics/plane-metrics.ts';
import { embeddedObserver } from './observer.ts';
import { OwnerToken } from './owner-token.ts';
import { DATA_TABLES, type FunctionRequest, TASK_FUNCTIONS } from './permissions.ts';
import { HttpServer } from './server/http-server.ts';
import { listenForScrapes } from './server/metrics-server.ts';
import { openStorage } from './storage.ts';
import type { TokenIssuer } from './token-issuer.ts';

export interface ControlPlaneOptions {
  /** Made where it does not exist. One process at a time. */
  readonly dataDir: string;
  /** 0: any that is free. */
  readonly port: number;
  /** The address on which it listens, the loopback's by default. */
  readonly host?: string;
  /** Serves the metrics there as well, on the same address and without the token. */
  readonly metricsPort?: number;
  /** In force until an administrator sets others: by default, those of a machine with one owner. */
  readonly limits?: Limits;
  /** How long what has ended is kept, ms; 30 days by default. */
  readonly retention?: number;
  /** Whether webhooks may be on this machine, by http too: for trying them out. */
  readonly webhooksToLocalhost?: boolean;
  /** Whose tokens open it beside its own; nobody's by default. */
  readonly tokenIssuer?: TokenIssuer;
  readonly clock?: Clock;
  /** From which level on functions log to `logFile`; info by default. */
  readonly logLevel?: Level;
  /** Where their lines of JSON go; nowhere by default. */
  readonly logFile?: string;
  /** Lines for whoever watches the control plane itself: user code's output and faults. */
  readonly log: (line: string) => void;
  /** Is told what functions ask of AWS, or would when deployed: from this their roles are checked. */
  readonly onRequest?: (request: FunctionRequest) => void;
}

export interface ControlPlane {
  readonly url: string;
  readonly token: string;
  /** Where the metrics are read without the token, if anywhere. */
  readonly metricsUrl?: string;
  /** DynamoDB's protocol, for the tables of plans; any credentials do. */
  readonly dynamodb: string;
  readonly wiring: Wiring;
  readonly events: EventEmitter;
  /** Where whoever embeds it names alarms of its own, for plans that have them as guardrails. */
  readonly alarms: Machinery['alarms'];
  /** Calls a function by its name, as what triggers it would. */
  readonly invoke: (name: string, event: unknown) => Promise<unknown>;
  /** From the call to the first request that would be answered, ms. */
  readonly readyMs: number;
  /** Resolves with the reason if the store is lost without `close`. */
  readonly failed: Promise<Error>;
  /** Leaves what is under way as a crash would: the next start goes on with it. */
  close(): Promise<void>;
}

/** Runs the whole of Slipway in this process, as the Pulumi program wires it. Throws SlipwayErrors that name the data directory. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const closing = new Closing();
  try {
    return { ...(await start(options, closing)), close: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function start(options: ControlPlaneOptions, closing: Closing): Promise<Omit<ControlPlane, 'close'>> {
  const began = performance.now();
  const { clock = systemClock, host = '127.0.0.1' } = options;
  const log = (line: string) => options.log(redactText(line));
  const onFault = (error: unknown) => {
    if (closing.begun) return;
    metrics.calls.fault();
    log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  };
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true });
  const graph = readGraph();
  const storage = await openStorage(dataDir, closing);
  const wiring = await graph;
  const metrics = new PlaneMetrics(
    wiring.tables.map(({ name }) => name),
    clock.now(),
  );
  const {
    onRequest,
    logLevel,
    logFile,
    limits = LOCAL_LIMITS,
    retention = retentionOf(RETENTION_DAYS),
    webhooksToLocalhost,
    tokenIssuer,
  } = options;
  const observer = embeddedObserver({ dataDir, clock, metrics, onFault, logLevel, logFile }, closing);
  const machinery = await startMachinery(
    { wiring, storage, clock, metrics, observer, log, onFault, onRequest, limits, retention, webhooksToLocalhost },
    closing,
  );
  const first = new OwnerToken(dataDir, clock);
  const token = await first.read();
  // Few have a provider, and nobody else waits for the library to load.
  const signed = tokenIssuer && (await import('./token-issuer.ts')).bearersOf(tokenIssuer, { clock, log });
  const server = await HttpServer.listen({
    routes: wiring.routes,
    host,
    port: options.port,
    identify: identify(first, userName(), new AccessTokens(dataDir, clock), signed),
    invoke: machinery.invoke,
    log: machinery.log,
    onDenied: machinery.denied,
    metrics: () => metricsResponse(metrics),
    onAnswered: (...answer) => metrics.calls.answered(...answer),
    clock,
    ids: systemIds(),
    onFault,
  });
  closing.push(() => server.close());
  const scraped = await serveScrapes({ host, port: options.metricsPort, metrics, onFault }, closing);
  const { endpoint: dynamodb, failed } = storage.dynalite;
  await announce(dataDir, { url: server.url, dynamodb, pid: process.pid }, closing);
  const readyMs = Math.round(performance.now() - began);
  machinery.callScheduled();
  const { events, invoke, alarms } = machinery;
  return { url: server.url, token, ...scraped, dynamodb, wiring, events, invoke, alarms, readyMs, failed };
}

async function metricsResponse(metrics: PlaneMetrics): Promise<HttpResponse> {
  const { contentType, text } = await metrics.read();
  return { statusCode: 200, headers: { 'content-type': contentType }, body: text };
}

interface ScrapeOptions {
  readonly host: string;
  readonly port: number | undefined;
  readonly metrics: PlaneMetrics;
  readonly onFault: (error: unknown) => void;
}

async function serveScrapes({ port, metrics, ...rest }: ScrapeOptions, closing: Closing): Promise<{ metricsUrl?: string }> {
  if (port === undefined) return {};
  const server = await listenForScrapes({ ...rest, port, metrics: () => metricsResponse(metrics) });
  closing.push(() => server.close());
  return { metricsUrl: `${server.url}/metrics` };
}

let wiring: Promise<Wiring> | undefined;

/** The same in all of a process: it hangs on the program alone. Rejections are seen where it is awaited, also when that is never reached. */
function readGraph(): Promise<Wiring> {
  const config = { dataTables: DATA_TABLES, taskFunctions: TASK_FUNCTIONS };
  wiring ??= evaluateGraph({ environment: 'local', config }).then(readWiring);
  wiring.catch(() => {
    wiring = undefined;
  });
  return wiring;
}

/** Where the command line finds the control plane of a data directory. */
async function announce(dataDir: string, endpoint: object, closing: Closing): Promise<void> {
  const path = join(dataDir, 'endpoint.json');
  // Whole for whoever looks for it: there is one already where the last process was killed.
  await writeFile(`${path}.unfinished`, `${JSON.stringify(endpoint)}\n`, { mode: 0o600 });
  await rename(`${path}.unfinished`, path);
  closing.push(() => rm(path, { force: true }));
}
