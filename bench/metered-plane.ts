import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dynamoClient } from '../adapters/aws/clients.ts';
import { DynamoStore } from '../adapters/aws/dynamo-store.ts';
import type { EventEmitter } from '../adapters/embedded/event-emitter.ts';
import { systemClock } from '../adapters/embedded/system-clock.ts';
import { functions } from '../functions/catalog.ts';
import { Closing } from '../local/closing.ts';
import { evaluateGraph } from '../local/graph/evaluate-graph.ts';
import { readWiring } from '../local/graph/read-wiring.ts';
import { startMachinery } from '../local/machinery.ts';
import { PlaneMetrics } from '../local/metrics/plane-metrics.ts';
import { DATA_TABLES, TASK_FUNCTIONS } from '../local/permissions.ts';
import { openStorage, type Storage } from '../local/storage.ts';
import { LOCAL_LIMITS } from '../shared/admission/default-limits.ts';
import { RETENTION_DAYS, retentionOf } from '../shared/cleaning/retention.ts';
import type { Artefacts } from '../shared/ports/artefacts.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { MetricDatum, Metrics } from '../shared/ports/metrics.ts';
import { runKey } from '../shared/run/keys.ts';
import { hasEnded, readRun } from '../shared/run/run-state.ts';
import { type Consumed, capacityProxy } from './capacity-proxy.ts';
import { Meter } from './meter.ts';
import { meteredCloudWatch } from './metered-cloudwatch.ts';

/** An embedded control plane of which every billable part is counted. */
export interface MeteredPlane {
  readonly meter: Meter;
  /** The embedded store itself: what is asked there is not counted. */
  readonly endpoint: string;
  /** Starts a plan of the folder and resolves when the run has succeeded and nothing of it is under way. */
  run(plan: object, baseDir: string): Promise<void>;
  /** Calls a function of the API. */
  ask(name: string, body: object, pathParameters?: { readonly [name: string]: string }): Promise<unknown>;
  /** Whether nothing is under way but waits, nor was since this was asked last. */
  rests(): boolean;
  readonly events: EventEmitter;
  /** Reports traffic; what functions ask of it is counted as CloudWatch's. */
  put(data: readonly MetricDatum[]): Promise<void>;
  close(): Promise<void>;
}

const MEMORY_MB = new Map(functions.map(({ name, memoryMb }) => [name, memoryMb]));
const OWNER = { actor: 'bench', roles: ['*:admin'] };
const ANY = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };

export async function meteredPlane(clock: Clock = systemClock): Promise<MeteredPlane> {
  const closing = new Closing();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-cost-'));
  closing.push(() => rm(folder, { recursive: true }));
  const graph = await evaluateGraph({
    environment: 'local',
    config: { dataTables: DATA_TABLES, taskFunctions: TASK_FUNCTIONS },
  });
  const wiring = readWiring(graph);
  const table = wiring.tables[0]?.name ?? '';
  const meter = new Meter(table);
  const storage = await openStorage(folder, closing);
  const proxy = await capacityProxy(storage.dynalite.endpoint, (consumed: Consumed) => meter.consumed(consumed));
  closing.push(() => proxy.close());
  let traffic: Metrics | undefined;
  const metrics = new PlaneMetrics([table], clock.now());
  const underWay = { calls: 0, commits: 0 };
  meterCalls(metrics, meter, underWay);
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const machinery = await startMachinery(
    {
      wiring,
      storage: meteredStorage(storage, proxy.endpoint, meter, underWay),
      clock,
      metrics,
      aroundMetrics: (book) => {
        traffic = book;
        return meteredCloudWatch(book, clock, meter);
      },
      log,
      onFault: (error) => log(String(error)),
      retention: retentionOf(RETENTION_DAYS),
      limits: LOCAL_LIMITS,
      onRequest: ({ action }) => meter.asked(action),
    },
    closing,
  );
  machinery.events.subscribe(() => meter.published());
  const client = dynamoClient({ endpoint: storage.dynalite.endpoint, region: 'us-east-1', credentials: ANY });
  closing.push(async () => client.destroy());
  const store = new DynamoStore({ client, table, clock });
  const ask: MeteredPlane['ask'] = async (name, body, pathParameters = {}) => {
    const headers = { 'content-type': 'application/json' };
    const event = { headers, pathParameters, body: JSON.stringify(body), requestContext: { authorizer: { lambda: OWNER } } };
    const answer = (await machinery.invoke(name, event)) as { statusCode: number; body: string };
    if (answer.statusCode !== 200) throw new Error(`${name} answered ${answer.statusCode}: ${answer.body}`);
    return JSON.parse(answer.body);
  };
  return {
    meter,
    endpoint: storage.dynalite.endpoint,
    events: machinery.events,
    put: async (data) => traffic?.put(data),
    rests: () => {
      const moved = underWay.calls + underWay.commits > 0;
      underWay.commits = 0;
      return !moved;
    },
    ask,
    async run(plan, baseDir) {
      const answer = await ask('start-run', { plan: { text: JSON.stringify(plan), file: 'plan.json' }, baseDir });
      const { run } = answer as { run: { id: string } };
      for (let resting = 0; resting < RESTS; ) {
        await systemClock.sleep(POLL_MS);
        const item = await store.read(runKey(run.id));
        const found = item && readRun(item);
        const succeeded = found?.status === 'succeeded';
        if (found && hasEnded(found) && !succeeded) throw new Error(`The run ended as ${found.status}: ${found.reason}`);
        resting = succeeded && underWay.calls === 0 ? resting + 1 : 0;
      }
    },
    close: () => closing.close(),
  };
}

const POLL_MS = 100;
/** Looks in a row at which nothing is under way any more: what the end of an execution sets off comes a moment later. */
const RESTS = 10;

/** Times each call of a function, as Lambda bills it. */
function meterCalls({ calls }: PlaneMetrics, meter: Meter, underWay: { calls: number }): void {
  calls.function = async (name, call) => {
    underWay.calls += 1;
    const began = performance.now();
    try {
      const answer = await call();
      meter.answered(name, answer);
      return answer;
    } finally {
      meter.called(name, performance.now() - began, MEMORY_MB.get(name) ?? Number.NaN);
      underWay.calls -= 1;
    }
  };
}

function meteredStorage(storage: Storage, endpoint: string, meter: Meter, underWay: { commits: number }): Storage {
  const { dynalite, executions } = storage;
  return {
    webhookKeyFile: storage.webhookKeyFile,
    alarmsFile: storage.alarmsFile,
    vault: storage.vault,
    bus: storage.bus,
    dynalite: { endpoint, failed: dynalite.failed, close: () => dynalite.close() },
    executions: {
      get: (key) => executions.get(key),
      list: (prefix) => executions.list(prefix),
      clear: (prefix) => executions.clear(prefix),
      close: () => executions.close(),
      commit: (changes) => {
        for (const change of changes) if ('put' in change) meter.recorded(change.put, change.value);
        underWay.commits += 1;
        return executions.commit(changes);
      },
    },
    artefacts: meteredArtefacts(storage.artefacts, meter),
  };
}

const meteredArtefacts = (inner: Artefacts, meter: Meter): Artefacts => ({
  get: (key) => {
    meter.add({ s3Get: 1 });
    return inner.get(key);
  },
  putOnce: (key, body) => {
    meter.add({ s3Put: 1 });
    return inner.putOnce(key, body);
  },
  remove: (key) => inner.remove(key),
  list: (prefix) => {
    // One page holds 1,000 keys, more than any folder here.
    meter.add({ s3List: 1 });
    return inner.list(prefix);
  },
});
