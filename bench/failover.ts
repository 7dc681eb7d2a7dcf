import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../adapters/embedded/system-clock.ts';
import { ApiClient } from '../cli/api-client.ts';
import { type ControlPlane, startControlPlane } from '../local/control-plane.ts';
import type { RunEvent } from '../shared/ports/events.ts';
import { describeAlarmOwner } from '../shared/rollout/alarm-owner.ts';
import type { ClientsStart, FromClients, ToClients } from './failover-clients.ts';
import { type Row, round } from './row.ts';

const TRIPS = 100;
const CLIENTS = 10;
/** Evaluations a second of the clients on the event stream; those that poll make as many again. */
const RATE = 1000;
const POLL_MS = 1000;
const GOAL_MS = 100;
const FLAG = 'new-search';
const ENVIRONMENT = 'staging';

const PLAN = {
  slipway: 1,
  name: 'failover',
  target: `${ENVIRONMENT}/failover`,
  phases: [
    {
      name: 'all',
      components: [{ name: 'search', kind: 'rollout', flag: FLAG, stages: [100], bake: '1h', rollbackWindow: '1s' }],
    },
  ],
};

/** One alarm, ms after it: the write, and when the last evaluation of any client was on the new path. */
interface Trip {
  readonly written: number;
  readonly stream: readonly number[];
  readonly poll: readonly number[];
}

/**
 * From the alarm, as SNS delivers it, to the last request on the new path: each trip is a rollout of its own whose flag has everybody on
 * the new path. Clients evaluate in a process of their own.
 */
export async function failover({ rounds = TRIPS }: { rounds?: number } = {}): Promise<Row[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'slipway-failover-'));
  const plane = await startControlPlane({ dataDir, port: 0, log: (line) => void process.stderr.write(`${line}\n`) });
  const clients = fork(fileURLToPath(new URL('./failover-clients.ts', import.meta.url)), { stdio: 'inherit' });
  const failed = once(clients, 'close').then(() => Promise.reject(new Error('The clients ended.')));
  failed.catch(() => undefined);
  try {
    return await Promise.race([measure(plane, new Talk(clients), rounds), failed]);
  } finally {
    clients.kill();
    await plane.close();
    await rm(dataDir, { recursive: true });
  }
}

/** Asks the clients, one question at a time. */
class Talk {
  readonly #clients: ReturnType<typeof fork>;

  constructor(clients: ReturnType<typeof fork>) {
    this.#clients = clients;
  }

  start(start: ClientsStart): void {
    this.#clients.send({ start } satisfies ToClients);
  }

  async until(until: 'old' | 'new'): Promise<FromClients> {
    const answer = once(this.#clients, 'message');
    this.#clients.send({ until } satisfies ToClients);
    return (await answer)[0] as FromClients;
  }
}

async function measure(plane: ControlPlane, clients: Talk, rounds: number): Promise<Row[]> {
  const { url, token } = plane;
  const api = new ApiClient({ access: { url, token, here: true }, fetch, start: 'npm run bench -- failover' });
  await api.call('put-flag', { key: FLAG, environment: ENVIRONMENT, simple: { rolloutPercentage: 0 }, reason: 'before' });
  clients.start({ url, token, environment: ENVIRONMENT, flag: FLAG, clients: CLIENTS, rate: RATE, pollMs: POLL_MS });
  const before = await clients.until('old');
  const began = performance.now();
  const trips: Trip[] = [];
  let evaluations = before.evaluations;
  for (let trip = 0; trip < rounds; trip += 1) {
    const { runId, ended } = await onNewPath(plane, api);
    await clients.until('new');
    trips.push(await tripOf(plane, clients, runId, (seen) => (evaluations = seen)));
    await ended;
    while (!(await api.call('get-run', { runId })).resting) await systemClock.sleep(20);
  }
  const rate = ((evaluations - before.evaluations) * 1000) / (performance.now() - began);
  return rowsOf(trips, rate);
}

/** A rollout at its only stage; `ended` resolves when it has been taken back. */
async function onNewPath(plane: ControlPlane, api: ApiClient): Promise<{ runId: string; ended: Promise<RunEvent> }> {
  const entered = heard(plane, ({ type }) => type === 'stageEntered');
  const ended = heard(plane, ({ type, data }) => type === 'statusChanged' && data['to'] === 'rolled-back');
  const answer = await api.call('start-run', { plan: { value: PLAN } });
  if (answer.dryRun) throw new TypeError('A run was asked for.');
  await entered;
  return { runId: answer.run.id, ended };
}

async function tripOf(plane: ControlPlane, clients: Talk, runId: string, onEvaluations: (count: number) => void): Promise<Trip> {
  const written = heard(plane, ({ type }) => type === 'flagTripped').then(() => Date.now());
  // At any moment of whatever the clients do at a steady pace.
  await systemClock.sleep(Math.random() * POLL_MS);
  const at = Date.now();
  const called = plane.invoke('trip-guardrail', alarmOf(runId));
  const { lastOnNew, evaluations } = await clients.until('old');
  await called;
  onEvaluations(evaluations);
  const after = (times: readonly number[]) => times.map((time) => Math.max(0, time - at));
  return { written: (await written) - at, stream: after(lastOnNew.stream), poll: after(lastOnNew.poll) };
}

/** As SNS hands on what CloudWatch says. */
function alarmOf(runId: string): object {
  const owner = { runId, environment: ENVIRONMENT, component: 'search', guardrail: 'errors', flag: FLAG };
  const message = {
    AlarmName: `slipway-guardrail-${ENVIRONMENT}-${runId}-search-errors`,
    AlarmDescription: describeAlarmOwner(owner),
    NewStateValue: 'ALARM',
    NewStateReason: 'Threshold crossed',
  };
  return { Records: [{ EventSource: 'aws:sns', Sns: { Message: JSON.stringify(message) } }] };
}

function heard({ events }: ControlPlane, isIt: (event: RunEvent) => boolean): Promise<RunEvent> {
  const { promise, resolve } = Promise.withResolvers<RunEvent>();
  const deaf = events.subscribe((event) => {
    if (!isIt(event)) return;
    deaf();
    resolve(event);
  });
  return promise;
}

function rowsOf(trips: readonly Trip[], rate: number): Row[] {
  const last = (hearing: 'stream' | 'poll') => trips.map((trip) => Math.max(...trip[hearing]));
  const p99 = quantile(last('stream'), 0.99);
  const info = (name: string, value: number, unit = 'ms'): Row => ({ name, value, unit, goal: null, met: null });
  return [
    info('trips', trips.length, 'alarms'),
    info('evaluations, both kinds of client', Math.round(rate), 'a second'),
    info(
      'alarm to the write: median',
      quantile(
        trips.map(({ written }) => written),
        0.5,
      ),
    ),
    info(
      'alarm to the write: p99',
      quantile(
        trips.map(({ written }) => written),
        0.99,
      ),
    ),
    info(
      'one client on the stream: median',
      quantile(
        trips.flatMap(({ stream }) => stream),
        0.5,
      ),
    ),
    info(
      'one client on the stream: p99',
      quantile(
        trips.flatMap(({ stream }) => stream),
        0.99,
      ),
    ),
    info(`last of ${CLIENTS} on the stream: median`, quantile(last('stream'), 0.5)),
    { name: `last of ${CLIENTS} on the stream: p99`, value: p99, unit: 'ms', goal: `< ${GOAL_MS}`, met: p99 < GOAL_MS },
    info(
      `polling every ${POLL_MS} ms: median`,
      quantile(
        trips.flatMap(({ poll }) => poll),
        0.5,
      ),
    ),
    info(
      `polling every ${POLL_MS} ms: p99`,
      quantile(
        trips.flatMap(({ poll }) => poll),
        0.99,
      ),
    ),
  ];
}

function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return round(sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN, 1);
}
