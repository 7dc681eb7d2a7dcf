import { seededIds } from '../../../../adapters/memory/seeded-ids.ts';
import { MemoryStore } from '../../../../adapters/memory/store.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import type { RunEvent } from '../../../../shared/ports/events.ts';
import type { Item, Key, Value, Write, WriteResult } from '../../../../shared/ports/store.ts';
import type { Execution, ExecutionStatus, Workflow } from '../../../../shared/ports/workflow.ts';
import { admitRun } from '../../../../shared/run/admit-run.ts';
import { componentKey } from '../../../../shared/run/keys.ts';
import { loadRun, type RunDeps, type RunWriter } from '../../../../shared/run/run-access.ts';
import type { RunState, RunStatus } from '../../../../shared/run/run-state.ts';
import { type StartRequest, startRun } from '../../../../shared/run/start-run.ts';
import type { StepEffects } from '../../../../shared/run/steps.ts';
import { loadWork, openWork, settleWork, type Work } from '../../../../shared/run/work-access.ts';
import type { Intent, WorkState } from '../../../../shared/run/work-state.ts';

type Send = () => Promise<WriteResult>;

/** A store whose writes a test can meet on the way, and that counts what is sent. */
export class MeetingStore extends MemoryStore {
  readonly sent: Write[] = [];
  #meet: ((write: Write, send: Send) => Promise<WriteResult>) | undefined;

  /** From now on every write goes by `meet`; undefined: straight through. */
  meet(meet: ((write: Write, send: Send) => Promise<WriteResult>) | undefined): void {
    this.#meet = meet;
  }

  /** The next write of that name goes by `meet`, all others straight through. */
  meetOnce(name: string, meet: (send: Send) => Promise<WriteResult>): void {
    this.#meet = (write, send) => {
      if (write.name !== name) return send();
      this.#meet = undefined;
      return meet(send);
    };
  }

  override write(write: Write): Promise<WriteResult> {
    this.sent.push(write);
    const send = () => super.write(write);
    return this.#meet ? this.#meet(write, send) : send();
  }
}

/** A workflow that runs nothing: executions are as a test says. */
export class StillWorkflow implements Workflow {
  readonly executions = new Map<string, { status: ExecutionStatus; error?: string }>();
  readonly started: string[] = [];
  readonly stopped: string[] = [];
  /** The next call of `start` dies before it has done anything. */
  dieAtStart = false;

  async start(machine: string, name: string): Promise<{ arn: string }> {
    if (this.dieAtStart) {
      this.dieAtStart = false;
      throw new Error('the process died');
    }
    const arn = this.arnOf(machine, name);
    this.started.push(arn);
    if (!this.executions.has(arn)) this.executions.set(arn, { status: 'RUNNING' });
    return { arn };
  }
  arnOf(machine: string, name: string): string {
    return `${machine}/${name}`;
  }
  async describe(arn: string): Promise<Execution | undefined> {
    const found = this.executions.get(arn);
    const [machine = '', name = ''] = arn.split('/');
    return found && { arn, machine, name, startedAt: 0, ...found };
  }
  async stop(arn: string): Promise<void> {
    this.stopped.push(arn);
    this.executions.set(arn, { status: 'ABORTED' });
  }
  async succeed(): Promise<boolean> {
    return false;
  }
  async fail(): Promise<boolean> {
    return false;
  }
  /** How the execution that speaks for the run has ended. */
  end(run: RunState, status: ExecutionStatus, error?: string): void {
    this.executions.set(this.arnOf(run.machine, run.execution), { status, ...(error === undefined ? {} : { error }) });
  }
}

export interface RunBed {
  readonly deps: RunDeps & { readonly store: MeetingStore; readonly clock: VirtualClock };
  readonly store: MeetingStore;
  readonly clock: VirtualClock;
  readonly workflow: StillWorkflow;
  readonly published: RunEvent[];
  /** A run that is created, and whose execution is started; not admitted. */
  start(request?: Partial<StartRequest>): Promise<RunState>;
  /** A run with its locks. */
  admitted(request?: Partial<StartRequest>): Promise<RunState>;
  run(id: string): Promise<RunState>;
  /** Writes straight to an item, past the protocol. */
  put(key: Key, set: Readonly<Record<string, Value>>): Promise<void>;
  item(key: Key): Promise<Item>;
  /** A component of the run, prepared, with these attributes. */
  open(run: RunState, component: string, set?: Readonly<Record<string, Value>>): Promise<Work>;
  work(run: RunState, component: string): Promise<WorkState>;
}

export const NOW = 1_000_000;

export const writerOf = (run: RunState): RunWriter => ({ runId: run.id, epoch: run.epoch });

export const runBed = (): RunBed => {
  const clock = new VirtualClock(NOW);
  const store = new MeetingStore();
  const workflow = new StillWorkflow();
  const published: RunEvent[] = [];
  const publish = async (events: readonly RunEvent[]) => void published.push(...events);
  const deps = { store, clock, workflow, ids: seededIds(1, clock), events: { publish } };
  const start = async (request: Partial<StartRequest> = {}) => (await startRun(deps, startRequest(request))).run;
  const run = async (id: string) => (await loadRun(deps, id)).run;
  const item = async (key: Key) => present(await store.read(key));
  return {
    deps,
    store,
    clock,
    workflow,
    published,
    start,
    run,
    item,
    admitted: async (request) => {
      const made = await start(request);
      await admitRun(deps, writerOf(made));
      return run(made.id);
    },
    put: async (key, set) => void (await store.write({ name: 'test.put', key, set, when: [] })),
    open: async (of, component, set = {}) => {
      const attributes = { kind: 'task', status: 'prepared', ...set };
      const work = await openWork(
        deps,
        writerOf(of),
        componentKey(of.id, component),
        { type: 'rollbackPointCreated' },
        attributes,
      );
      await settleWork(deps, work);
      return work;
    },
    work: async (of, component) => present(await loadWork(deps, writerOf(of), componentKey(of.id, component))).state,
  };
};

export const startRequest = (request: Partial<StartRequest> = {}): StartRequest => ({
  plan: { name: 'cities', digest: 'd1' },
  target: 'staging/cities',
  environment: 'staging',
  actor: 'ada',
  onFailure: 'rollback',
  resources: ['b', 'a'],
  components: [
    { name: 'one', kind: 'task', phase: 'p' },
    { name: 'two', kind: 'task', phase: 'p' },
  ],
  options: {},
  queue: true,
  ...request,
});

export const runState = (status: RunStatus, facts: Partial<RunState> = {}): RunState => ({
  id: 'r1',
  plan: { name: 'cities', digest: 'd1' },
  target: 'staging/cities',
  environment: 'staging',
  status,
  direction: status === 'rolling-back' || status === 'rolled-back' || status === 'rollback-failed' ? 'back' : 'forward',
  epoch: 3,
  rev: 7,
  flags: [],
  execution: 'r1-3',
  machine: 'run',
  executions: ['r1-1', 'r1-2'],
  actor: 'ada',
  priority: 0,
  semaphores: [],
  createdAt: 0,
  updatedAt: 0,
  onFailure: 'rollback',
  resources: ['a', 'b'],
  components: [],
  ...facts,
});

export const intentOf = (facts: Partial<Intent> = {}): Intent => ({
  step: 0,
  back: false,
  deadline: NOW + 10_000,
  by: 'dead-invocation',
  attempt: 1,
  epoch: 1,
  ...facts,
});

/** Effects that note what is asked of them; by default all of it succeeds and nothing is tried again. */
export const stepEffects = (facts: Partial<StepEffects> = {}): StepEffects & { readonly asked: string[] } => {
  const asked: string[] = [];
  const given = <T>(
    what: string,
    call: ((step: number, deadline: number) => Promise<T>) | undefined,
    otherwise: (step: number) => T,
  ) => {
    return async (step: number, deadline: number): Promise<T> => {
      asked.push(`${what} ${step}`);
      return call ? call(step, deadline) : otherwise(step);
    };
  };
  return {
    asked,
    count: 2,
    effect: 'idempotent',
    timeoutMs: 10_000,
    undoable: true,
    retryAfter: () => undefined,
    ...facts,
    perform: given<Value>('do', facts.perform, (step) => `did ${step}`),
    undo: given<void>('undo', facts.undo, () => {}),
    probe: given('probe', facts.probe, () => false),
  };
};

/** Lets virtual time pass until the work is over. */
export const settle = async <T>(clock: VirtualClock, work: Promise<T>): Promise<T> => {
  work.catch(() => {});
  await clock.runUntilIdle();
  return work;
};

export const present = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('nothing is there');
  return value;
};
