import { mkdir, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { CreateTableCommand, type DynamoDBClient, ResourceInUseException } from '@aws-sdk/client-dynamodb';
import { dynamoClient } from '../adapters/aws/clients.ts';
import { controlTable } from '../adapters/aws/control-table.ts';
import { DynamoTables } from '../adapters/aws/dynamo-tables.ts';
import { startDynalite } from '../adapters/embedded/dynalite/start-dynalite.ts';
import { estimatingTables } from '../adapters/embedded/estimating-tables.ts';
import { EventEmitter } from '../adapters/embedded/event-emitter.ts';
import { FileArtefacts } from '../adapters/embedded/file-artefacts.ts';
import { systemClock } from '../adapters/embedded/system-clock.ts';
import { systemIds } from '../adapters/embedded/system-ids.ts';
import { fetchHttp } from '../adapters/http/fetch-http.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Value } from '../shared/ports/store.ts';
import { accessToken } from './access-token.ts';
import { createEngine } from './asl/engine.ts';
import { openDiskExecutionStore } from './asl/store/disk-execution-store.ts';
import { EmbeddedCode } from './embedded-code.ts';
import { embeddedDeps, type Shared } from './embedded-deps.ts';
import { FunctionHost } from './function-host.ts';
import { evaluateGraph } from './graph/evaluate-graph.ts';
import { readWiring } from './graph/read-wiring.ts';
import type { Wiring } from './graph/wiring.ts';
import { DATA_TABLES, Permissions, TASK_FUNCTIONS } from './permissions.ts';
import { HttpServer } from './server/http-server.ts';
import { Triggers } from './triggers.ts';

export interface ControlPlaneOptions {
  /** Made where it does not exist. One process at a time. */
  readonly dataDir: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly clock?: Clock;
  /** Lines for whoever watches the control plane itself: user code's output and faults. */
  readonly log: (line: string) => void;
}

export interface ControlPlane {
  readonly url: string;
  readonly token: string;
  /** DynamoDB's protocol, for the tables of plans; any credentials do. */
  readonly dynamodb: string;
  readonly wiring: Wiring;
  readonly events: EventEmitter;
  /** From the call to the first request that would be answered, ms. */
  readonly readyMs: number;
  /** Resolves with the reason if the store is lost without `close`. */
  readonly failed: Promise<Error>;
  /** Leaves what is under way as a crash would: the next start goes on with it. */
  close(): Promise<void>;
}

type Closing = () => Promise<unknown>;

/** Runs the whole of Slipway in this process, as the Pulumi program wires it. Throws SlipwayErrors that name the data directory. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const closing: Closing[] = [];
  const close = async () => {
    for (const one of closing.splice(0).reverse()) await one();
  };
  try {
    return { ...(await start(options, closing)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(options: ControlPlaneOptions, closing: Closing[]): Promise<Omit<ControlPlane, 'close'>> {
  const began = performance.now();
  const { log, clock = systemClock } = options;
  const onFault = (error: unknown) => log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true });
  const [wiring, dynalite] = await Promise.all([readGraph(), startDynalite({ dataDir: join(dataDir, 'store') })]);
  closing.push(() => dynalite.close());
  const permissions = new Permissions(wiring);
  const client = dynamoClient({
    endpoint: dynalite.endpoint,
    region: 'us-east-1',
    credentials: ANY,
    around: permissions.around,
  });
  closing.push(async () => client.destroy());
  const executions = await openDiskExecutionStore(join(dataDir, 'executions'));
  closing.push(() => executions.close());
  await createTables(client, wiring);

  const ids = systemIds();
  const events = new EventEmitter(onFault);
  const code = new EmbeddedCode(({ file, stream, line }) => log(`${file} ${stream}: ${line}`));
  closing.push(() => code.close());
  const host: FunctionHost = new FunctionHost({
    functions: wiring.functions,
    clock,
    ids,
    depsOf: (wired) => embeddedDeps(shared, wired.environment),
    around: (wired, call) => permissions.as(wired, call),
  });
  const engine = createEngine({
    clock,
    ids,
    store: executions,
    invoke: async (arn, payload) => (await host.invoke(arn, payload)) as Value,
    machines: wiring.machines.map(({ name, arn, definition }) => ({ name, arn, definition: definition as Value })),
    onFault: (_arn, error) => onFault(error),
  });
  closing.push(() => engine.close());
  const artefacts = new FileArtefacts(join(dataDir, 'artefacts'));
  const tables = estimatingTables(new DynamoTables({ client, clock, ids }), clock);
  const shared: Shared = {
    client,
    clock,
    ids,
    tables,
    http: fetchHttp,
    events: permissions.events(events),
    workflow: permissions.workflow(engine),
    artefacts: permissions.artefacts(artefacts),
    code: permissions.code(code),
  };

  const call = async (name: string, event: unknown) => {
    await host.invoke(name, event).catch(onFault);
  };
  const triggers = new Triggers({ schedules: wiring.schedules, rules: wiring.rules, clock, call });
  closing.push(() => triggers.close());
  engine.onStatusChange((execution) => {
    const machine = wiring.machines.find(({ name }) => name === execution.machine);
    if (machine) triggers.executionChanged(machine.arn, execution);
  });
  await engine.recover();
  triggers.start();
  const token = await accessToken(dataDir);
  const server = await HttpServer.listen({
    routes: wiring.routes,
    port: options.port,
    token,
    actor: userInfo().username,
    invoke: (name, event) => host.invoke(name, event),
    onFault,
  });
  closing.push(() => server.close());
  await announce(dataDir, { url: server.url, dynamodb: dynalite.endpoint, pid: process.pid }, closing);
  const readyMs = Math.round(performance.now() - began);
  for (const name of new Set(wiring.schedules.map((schedule) => schedule.function))) void call(name, { source: 'slipway.start' });
  return { url: server.url, token, dynamodb: dynalite.endpoint, wiring, events, readyMs, failed: dynalite.failed };
}

const ANY = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };

const readGraph = async (): Promise<Wiring> =>
  readWiring(await evaluateGraph({ environment: 'local', config: { dataTables: DATA_TABLES, taskFunctions: TASK_FUNCTIONS } }));

async function createTables(client: DynamoDBClient, wiring: Wiring): Promise<void> {
  for (const { name } of wiring.tables) {
    try {
      await client.send(new CreateTableCommand(controlTable(name)));
    } catch (error) {
      if (!(error instanceof ResourceInUseException)) throw error;
    }
  }
}

/** Where the command line finds the control plane of a data directory. */
async function announce(dataDir: string, endpoint: object, closing: Closing[]): Promise<void> {
  const path = join(dataDir, 'endpoint.json');
  await writeFile(path, `${JSON.stringify(endpoint)}\n`, { mode: 0o600 });
  closing.push(() => rm(path, { force: true }));
}
