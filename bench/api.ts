import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { dynamoClient } from '../adapters/aws/clients.ts';
import { DynamoStore } from '../adapters/aws/dynamo-store.ts';
import { systemClock } from '../adapters/embedded/system-clock.ts';
import { type ControlPlane, startControlPlane } from '../local/control-plane.ts';
import { LOCAL_LIMITS } from '../shared/admission/default-limits.ts';
import { runKey } from '../shared/run/keys.ts';
import { liveChanges } from './live-changes.ts';
import { median, type Row, round } from './row.ts';

export interface ApiBenchOptions {
  /** Times that the handlers take turns; medians count. */
  readonly rounds?: number;
  /** Runs that are started in one turn, one a connection at least. */
  readonly records?: number;
}

const CONNECTIONS = 200;
/** Of one handler in one turn, s. */
const DURATION = 5;
const FACTOR = 2;
/** Of one run each, of which every change is timed. */
const WATCHED = 3;

type Load = Pick<autocannon.Options, 'url' | 'method' | 'body' | 'amount' | 'requests'>;
type Sent = { readonly run?: { readonly id: string }; readonly runs?: readonly { readonly id: string }[] };
type Figures = { readonly p50: number; readonly p99: number };

/**
 * ms under 200 connections, each handler in its turn, beside a bare handler that does one read of the same store; then how soon changes
 * of a run are seen.
 */
export async function api({ rounds = 3, records = 200 }: ApiBenchOptions = {}): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-api-'));
  // Nobody is limited in how many runs they start; as many as by default are under way.
  const plane = await startControlPlane({ dataDir: join(folder, 'data'), port: 0, limits: LOCAL_LIMITS, log: () => undefined });
  const headers = { authorization: `Bearer ${plane.token}`, 'content-type': 'application/json' };
  const closing: (() => Promise<unknown>)[] = [() => plane.close(), () => rm(folder, { recursive: true, force: true })];
  try {
    const live = await liveChanges(plane, folder, WATCHED);
    const runId = await prepared(plane, headers);
    const bare = await bareHandler(plane, runId);
    closing.unshift(() => new Promise((resolve) => bare.close(resolve)));
    const loads: Record<string, Load> = {
      'bare handler, one read': { url: `http://127.0.0.1:${(bare.address() as AddressInfo).port}/` },
      'get-run': { url: `${plane.url}/v1/runs/${runId}` },
      'evaluate-flag': {
        url: `${plane.url}/ofrep/v1/evaluate/flags/new-search`,
        method: 'POST',
        body: '{"context":{"targetingKey":"u"}}',
      },
      dashboard: { url: `${plane.url}/v1/dashboard?environment=bench` },
    };
    const starting: Load = { url: `${plane.url}/v1/runs`, method: 'POST', body: PLAN, amount: Math.max(records, CONNECTIONS) };
    const found = new Map(Object.keys(loads).map((name): [string, Figures[]] => [name, []]));
    for (let at = 0; at < rounds; at++) {
      for (const [name, load] of Object.entries(loads)) found.get(name)?.push(await measured(name, load, headers));
    }
    // At the end: what it starts is under way from then on.
    found.set('start-run', [await measured('start-run', starting, headers)]);
    const others = await runIds(plane, headers);
    const looking = { url: plane.url, requests: others.map((id) => ({ path: `/v1/runs/${id}` })) };
    const waiting = `get-run, of ${others.length} that wait`;
    found.set(waiting, [await measured(waiting, looking, headers)]);
    return [...rowsOf(found), ...live];
  } finally {
    for (const close of closing) await close();
  }
}

async function measured(name: string, load: Load, headers: Record<string, string>): Promise<Figures> {
  // The load comes from a thread of its own: it would wait for what it measures otherwise.
  const { latency, non2xx, errors, ...answered } = await autocannon({
    connections: CONNECTIONS,
    duration: DURATION,
    workers: 1,
    headers,
    timeout: 60,
    ...load,
  });
  if (non2xx + errors > 0) throw new Error(`${name}: ${non2xx} refusals and ${errors} errors.`);
  if (answered['2xx'] === 0) throw new Error(`${name}: no answer within ${DURATION} s; the machine is too busy to measure.`);
  return { p50: latency.p50, p99: latency.p99 };
}

function rowsOf(found: ReadonlyMap<string, readonly Figures[]>): Row[] {
  const p50 = (name: string) => median((found.get(name) ?? []).map((one) => one.p50));
  const ratio = round(p50('get-run') / p50('bare handler, one read'), 2);
  const rows = [...found].flatMap(([name, all]) => [
    { name: `${name}, p50`, value: round(p50(name), 2), unit: 'ms', goal: null, met: null },
    { name: `${name}, p99`, value: round(median(all.map((one) => one.p99)), 2), unit: 'ms', goal: null, met: null },
  ]);
  return [
    ...rows,
    { name: 'get-run / bare handler, p50', value: ratio, unit: 'times', goal: `<= ${FACTOR}`, met: ratio <= FACTOR },
  ];
}

const PLAN = JSON.stringify({
  plan: {
    value: {
      slipway: 1,
      name: 'bench',
      target: 'bench/one',
      phases: [{ name: 'wait', components: [{ name: 'pause', kind: 'wait', for: '1h' }] }],
    },
  },
  // All on one target: the first holds it, and the others are queued.
  queue: true,
});

/** A flag, and a run that waits. */
async function prepared(plane: ControlPlane, headers: Record<string, string>): Promise<string> {
  await sent(`${plane.url}/v1/flags/new-search`, {
    method: 'PUT',
    headers,
    body: '{"simple":{"rolloutPercentage":50},"reason":"bench"}',
  });
  const { run } = await sent(`${plane.url}/v1/runs`, { method: 'POST', headers, body: PLAN });
  return String(run?.id);
}

/** Of the page that is listed first. */
async function runIds(plane: ControlPlane, headers: Record<string, string>): Promise<readonly string[]> {
  const { runs = [] } = await sent(`${plane.url}/v1/runs?limit=${CONNECTIONS}`, { headers });
  return runs.map(({ id }) => id);
}

async function sent(url: string, init: RequestInit): Promise<Sent> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Sent;
}

async function bareHandler(plane: ControlPlane, runId: string): Promise<Server> {
  const client = dynamoClient({
    endpoint: plane.dynamodb,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const store = new DynamoStore({ client, table: plane.wiring.tables[0]?.name ?? '', clock: systemClock });
  const server = createServer(async (_request, response) => {
    const item = await store.read(runKey(runId));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(item));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
