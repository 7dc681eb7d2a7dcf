import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoClient } from '../adapters/aws/clients.ts';
import { controlTable } from '../adapters/aws/control-table.ts';
import { DynamoStore } from '../adapters/aws/dynamo-store.ts';
import { DynamoTables } from '../adapters/aws/dynamo-tables.ts';
import { createTable } from '../adapters/embedded/dynalite/create-table.ts';
import { estimatingTables } from '../adapters/embedded/estimating-tables.ts';
import { EventEmitter } from '../adapters/embedded/event-emitter.ts';
import { lineNotifier } from '../adapters/embedded/line-notifier.ts';
import type { AlarmBook } from '../adapters/embedded/metrics/alarm-book.ts';
import { systemIds } from '../adapters/embedded/system-ids.ts';
import { TimerScheduler } from '../adapters/embedded/timer-scheduler.ts';
import { webhookKeyFile } from '../adapters/embedded/webhook-key-file.ts';
import { fetchHttp } from '../adapters/http/fetch-http.ts';
import { guardedSender } from '../adapters/http/guarded-sender.ts';
import { meter } from '../functions/middleware/current-meter.ts';
import { countedArtefacts, countedCall, countedEvents, type Observer } from '../functions/observer.ts';
import type { Limits } from '../shared/admission/limits.ts';
import { AUDIT_RETENTION_DAYS, retentionOf } from '../shared/cleaning/retention.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Metrics } from '../shared/ports/metrics.ts';
import type { Value } from '../shared/ports/store.ts';
import { keepTimer, type ScheduleDeps } from '../shared/schedules/keep-timers.ts';
import { listSchedules } from '../shared/schedules/list-schedules.ts';
import { machineNameOf } from './asl/arn.ts';
import { createEngine } from './asl/create-engine.ts';
import type { Engine } from './asl/engine.ts';
import { openExecutions } from './asl/recovery.ts';
import { Bus } from './bus.ts';
import type { Closing } from './closing.ts';
import { EmbeddedCode } from './embedded-code.ts';
import { embeddedDeps, narrowed, type Shared } from './embedded-deps.ts';
import { embeddedSecrets } from './embedded-secrets.ts';
import { FunctionHost } from './function-host.ts';
import type { Wiring } from './graph/wiring.ts';
import { type Denied, keepDenial } from './keep-denial.ts';
import { keepPruned } from './keep-pruned.ts';
import type { PlaneMetrics } from './metrics/plane-metrics.ts';
import { type FunctionRequest, Permissions } from './permissions.ts';
import { removeExpiredItems } from './remove-expired-items.ts';
import { EventLog } from './server/event-log.ts';
import type { Storage } from './storage.ts';
import { Triggers } from './triggers.ts';
import { openWatch } from './watch.ts';

export interface MachineryOptions {
  readonly wiring: Wiring;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly metrics: PlaneMetrics;
  /** Watches the functions, if any does. */
  readonly observer?: Observer;
  readonly log: (line: string) => void;
  readonly onFault: (error: unknown) => void;
  /** Stands between functions and their metrics. */
  readonly aroundMetrics?: ((metrics: Metrics) => Metrics) | undefined;
  readonly limits: Limits;
  /** How long what has ended is kept, ms. */
  readonly retention: number;
  readonly webhooksToLocalhost?: boolean | undefined;
  /** Is told what functions ask of AWS. */
  readonly onRequest?: ((request: FunctionRequest) => void) | undefined;
}

/** Functions, state machines and triggers at work, as the graph wires them. */
export interface Machinery {
  readonly events: EventEmitter;
  readonly alarms: Pick<AlarmBook, 'own'>;
  /** What was published of late. */
  readonly log: EventLog;
  /** Calls a function by its name. */
  readonly invoke: (name: string, event: unknown) => Promise<unknown>;
  /** Keeps a refusal that no function has made. */
  readonly denied: (denied: Denied) => Promise<void>;
  /** Calls what is on a schedule once, now, and does not wait for it. */
  readonly callScheduled: () => void;
}

/** Starts it, and takes up every execution that was under way when the last process on this storage ended. */
export async function startMachinery(options: MachineryOptions, closing: Closing): Promise<Machinery> {
  const { wiring, storage, clock, metrics, log, onFault } = options;
  const permissions = new Permissions(wiring, options.onRequest);
  const { endpoint } = storage.dynalite;
  const around: typeof permissions.around = (call, send) =>
    permissions.around(call, () => countedCall(call, () => metrics.calls.store(call, send)));
  const client = dynamoClient({ endpoint, region: 'us-east-1', credentials: ANY, around });
  closing.push(async () => client.destroy());
  await createTables(client, wiring);
  const events = new EventEmitter(onFault);
  const published = new EventLog();
  // Before anything is recovered, so that it hears of everything.
  events.subscribe(published.take);
  published.read(metrics.events.take);
  const code = new EmbeddedCode(({ file, stream, line }) => log(`${file} ${stream}: ${line}`));
  closing.push(() => code.close());
  const ids = systemIds();
  const routed = new Set(wiring.routes.map((route) => route.function));
  const host: FunctionHost = new FunctionHost({
    functions: wiring.functions,
    clock,
    ids,
    // Each function has artefacts of its own, so that none finds in memory what another has read, as on AWS.
    depsOf: (wired) =>
      embeddedDeps(
        { ...shared, artefacts: countedArtefacts(permissions.artefacts(storage.artefacts)) },
        wired.environment,
        routed.has(wired.name),
      ),
    around: (wired, call) => metrics.calls.function(wired.name, () => permissions.as(wired, call)),
  });
  const bus = new Bus({
    rules: wiring.rules,
    store: storage.bus,
    listeners: events,
    clock,
    invoke: (name, event) => host.invoke(name, event),
    onFault,
  });
  closing.push(() => bus.close());
  const watched = await openWatch(options, (name, event) => host.invoke(name, event));
  const engine = engineOf(options, ids, host);
  closing.push(() => engine.close());
  const tables = new DynamoTables({ client, clock, ids });
  const ending = new AbortController();
  const fire = (due: object) => patiently(clock, ending.signal, onFault, () => host.invoke('fire-schedule', due));
  const timers = new TimerScheduler({ clock, ids, fire });
  closing.push(() => {
    ending.abort();
    return timers.close();
  });
  const store = new DynamoStore({ client, table: wiring.tables[0]?.name ?? '', clock });
  const machines = Object.fromEntries(wiring.machines.map(({ name, arn }) => [name, arn]));
  const rotated = embeddedSecrets(
    {
      ...{ vault: storage.vault, store, clock, ids, events: bus, workflow: narrowed(engine, machines), code, onFault },
      outside: (work) => permissions.outside(work),
    },
    closing,
  );
  const shared: Omit<Shared, 'artefacts'> = {
    client,
    clock,
    ids,
    // DynamoDB counts by itself; what counts here is not the function.
    tables: estimatingTables(tables, clock, { scan: (...scan) => permissions.outside(() => tables.scan(...scan)) }),
    limits: options.limits,
    retention: options.retention,
    auditRetention: retentionOf(AUDIT_RETENTION_DAYS),
    http: fetchHttp,
    metrics: permissions.metrics(options.aroundMetrics?.(watched.metrics) ?? watched.metrics),
    alarms: permissions.alarms(watched.alarms),
    notifier: permissions.notifier(lineNotifier(log)),
    sender: guardedSender({ allowLocal: options.webhooksToLocalhost === true }),
    webhookKey: permissions.webhookKey(webhookKeyFile(storage.webhookKeyFile)),
    events: permissions.events(countedEvents(bus)),
    workflow: permissions.workflow(engine),
    code: permissions.code(code),
    secrets: permissions.secrets(rotated.secrets),
    rotations: permissions.rotations(rotated.rotations),
    oldCredentials: permissions.oldCredentials(rotated.oldCredentials),
    ...(options.observer === undefined ? {} : { observer: options.observer, meter }),
    scheduler: permissions.scheduler(timers),
  };
  const invoke = (name: string, event: unknown) => host.invoke(name, event);
  const call = async (name: string, event: unknown) => {
    await invoke(name, event).catch(onFault);
  };
  engine.onStatusChange(({ machine, status }) => metrics.calls.executionChanged(machine, status));
  watchOpenWork(options, client);
  await startTriggers(options, engine, call, closing);
  const expired = (now: number) => removeExpiredItems({ tables, store }, wiring.tables[0]?.name ?? '', now);
  keepPruned({ executions: storage.executions, expired, clock, retention: options.retention, onFault }, closing);
  await bus.start();
  closing.push(watched.start());
  const scheduled = new Set(wiring.schedules.map((schedule) => schedule.function));
  return {
    events,
    alarms: watched.alarms,
    log: published,
    invoke,
    denied: keepDenial({ store, clock, ids, observer: options.observer, onFault }),
    callScheduled: () => {
      for (const name of scheduled) void call(name, { source: 'slipway.start' });
      void setTimers({ store, clock, ids, events, scheduler: timers }, fire).catch(onFault);
    },
  };
}

/** Timers end with the process. What was due while there was none is caught up with, as each schedule wants it. */
async function setTimers(deps: ScheduleDeps, fire: (due: object) => Promise<void>): Promise<void> {
  for (const { status, environment, name, pending } of await listSchedules(deps.store)) {
    if (status === 'enabled') await keepTimer(deps, environment, name);
    if (status === 'enabled' || pending.length > 0) await fire({ environment, name });
  }
}

/** Pauses in ms before a call is tried again, as Lambda tries what nobody waits for. */
const AGAIN = [1000, 10_000, 60_000];

async function patiently(
  clock: Clock,
  signal: AbortSignal,
  onFault: (error: unknown) => void,
  call: () => Promise<unknown>,
): Promise<void> {
  for (const pause of [...AGAIN, undefined]) {
    try {
      return void (await call());
    } catch (error) {
      onFault(error);
      if (pause !== undefined) await clock.sleep(pause, signal).catch(() => undefined);
      // What was due is caught up with at the next start.
      if (signal.aborted) return;
    }
  }
}

const ANY = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };

function engineOf({ wiring, storage, clock, onFault }: MachineryOptions, ids: Shared['ids'], host: FunctionHost): Engine {
  return createEngine({
    clock,
    ids,
    store: storage.executions,
    invoke: async (arn, payload) => (await host.invoke(arn, payload)) as Value,
    machines: wiring.machines.map(({ name, arn, definition }) => ({ name, arn, definition: definition as Value })),
    onFault: (_arn, error) => onFault(error),
  });
}

function watchOpenWork({ wiring, storage, clock, metrics }: MachineryOptions, client: DynamoDBClient): void {
  const machineOf = new Map(wiring.machines.map(({ name, arn }) => [machineNameOf(arn), name]));
  metrics.watch({
    store: new DynamoStore({ client, table: wiring.tables[0]?.name ?? '', clock }),
    clock,
    executions: async () => (await openExecutions(storage.executions)).map((name) => machineOf.get(name) ?? name),
    machines: wiring.machines.map(({ name }) => name),
  });
}

/** They listen before anything is recovered, so that no end is missed. */
async function startTriggers(
  { wiring, clock }: MachineryOptions,
  engine: Engine,
  call: (name: string, event: unknown) => Promise<void>,
  closing: Closing,
): Promise<void> {
  const triggers = new Triggers({ schedules: wiring.schedules, rules: wiring.rules, clock, call });
  closing.push(() => triggers.close());
  engine.onStatusChange((execution) => {
    const machine = wiring.machines.find(({ name }) => name === execution.machine);
    if (machine) triggers.executionChanged(machine.arn, execution);
  });
  await engine.recover();
  triggers.start();
}

async function createTables(client: DynamoDBClient, wiring: Wiring): Promise<void> {
  for (const { name } of wiring.tables) await createTable(client, controlTable(name));
}
