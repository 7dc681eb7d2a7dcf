import { createHash } from 'node:crypto';
import { MemoryStore } from '../../adapters/memory/store.ts';
import { limits as limitsSchema } from '../../shared/admission/limits.ts';
import { reapQueue } from '../../shared/admission/queue.ts';
import { readQueue } from '../../shared/admission/queue-state.ts';
import { SlipwayError } from '../../shared/errors/slipway-error.ts';
import type { Item, Write } from '../../shared/ports/store.ts';
import { tripGuardrail } from '../../shared/rollout/trip-guardrail.ts';
import { breakLock } from '../../shared/run/break-lock.ts';
import { goBack, goOn, pauseRun, type Said } from '../../shared/run/command-run.ts';
import { flagKey, haltKey, queueKey, runKey } from '../../shared/run/keys.ts';
import { reconcile } from '../../shared/run/reconcile.ts';
import { goBackTo } from '../../shared/run/roll-back-to.ts';
import type { RunDeps } from '../../shared/run/run-access.ts';
import { type RunState, type RunStatus, readRun } from '../../shared/run/run-state.ts';
import { startRun } from '../../shared/run/start-run.ts';
import { draw } from './draw-scenario.ts';
import { BEFORE_ANY_RUN } from './flag-effects.ts';
import { machines } from './machines.ts';
import { isOver, judge } from './oracle.ts';
import { Receiver, type SimComponent } from './receiver.ts';
import type { Command, Scenario, SimRun } from './scenario.ts';
import { CHAOS_MS, random, Scheduler } from './scheduler.ts';
import { CALM, type Faults, type SimWorld, type Worker } from './sim-store.ts';
import { SimWorkflow } from './sim-workflow.ts';
import { Watch } from './watch.ts';

export interface Outcome {
  readonly seed: number;
  readonly violations: readonly string[];
  /** Of every line of the log: equal seeds must give equal digests. */
  readonly digest: string;
  readonly log: readonly string[];
  readonly clauses: ReadonlySet<string>;
  readonly scenario: Scenario;
  /** Of every run, in the order of their creation. */
  readonly statuses: readonly RunStatus[];
}

/** A scenario that a test has chosen rather than drawn. */
export interface Staged {
  readonly scenario: Scenario;
  /** Asked at every await of every worker, by its name; true: it dies there. */
  readonly dies: (worker: string) => boolean;
}

const HEALING_ROUNDS = 30;
const MAX_STEPS = 60_000;

class Simulation {
  readonly scenario: Scenario;
  readonly log: string[] = [];
  readonly memory = new MemoryStore();
  readonly scheduler: Scheduler;
  readonly world: SimWorld;
  readonly receiver: Receiver;
  readonly workflow: SimWorkflow;
  readonly watch = new Watch();
  readonly plans = new Map<string, readonly (readonly SimComponent[])[]>();
  /** Run ids by the key under which they were started. */
  readonly ids = new Map<string, string>();

  constructor(seed: number, without: string | undefined, staged: Staged | undefined) {
    const chance = random(seed);
    this.scenario = staged?.scenario ?? draw(chance, seed);
    this.scheduler = new Scheduler(chance);
    const { lost, late, lateAcquire = 0, crash, stall } = this.scenario.faults;
    const faults: Faults = {
      crash,
      stall,
      lostAnswer: lost,
      lateLanding: late,
      lateAcquire,
      lostRequest: lost / 2,
      throttle: lost / 2,
    };
    const { atOnce } = this.scenario;
    this.watch.queue.atOnce = atOnce;
    this.world = {
      limits: atOnce === undefined ? undefined : limitsSchema.parse({ atOnce, perEnvironment: null, perPerson: {} }),
      scheduler: this.scheduler,
      random: chance,
      memory: this.memory,
      faults,
      clauses: new Set(),
      without,
      dies: staged?.dies ?? (() => false),
      log: (line) => this.log.push(`${this.scheduler.now} ${line}`),
      sent: (write: Write, worker: Worker) => this.watch.sent(write, worker),
      landed: (write: Write, item: Item) => this.watch.landed(write, item),
    };
    this.receiver = new Receiver(this.world, (run) => this.watch.unlocked(run));
    this.workflow = new SimWorkflow(
      this.world,
      machines(this.plans, () => this.receiver),
    );
    this.workflow.executionDies = this.scenario.faults.executionDies;
    this.workflow.duplicates = this.scenario.faults.duplicates;
  }

  async run(): Promise<void> {
    for (const run of this.scenario.runs) {
      this.#at(run.startsAt, () => this.#start(run));
      if (run.startedTwice) this.#at(run.startsAt + this.world.random.between(0, 200), () => this.#start(run));
    }
    for (const { at, what, run, component } of this.scenario.commands) this.#at(at, () => this.#command(what, run, component));
    await this.memory.write({
      name: 'flag.create',
      key: flagKey('staging', 'f'),
      set: { environment: 'staging', key: 'f', document: { ...BEFORE_ANY_RUN } },
      add: { rev: 1 },
      when: [],
    });
    await this.scheduler.run(CHAOS_MS, () => this.#exhausted());
    this.world.faults = CALM;
    this.workflow.executionDies = 0;
    this.workflow.duplicates = 0;
    for (const run of this.scenario.runs) if (!this.ids.has(run.key)) this.#at(0, () => this.#start(run));
    this.#at(0, () => this.#command('unhalt', ''));
    await this.#heal();
  }

  /** Without further faults: `reconcile` every five minutes, and people who do what they are told, until every run is at its end. */
  async #heal(): Promise<void> {
    for (let round = 0; round < HEALING_ROUNDS && !this.#exhausted(); round += 1) {
      this.#at(0, () => this.#command('reconcile', ''));
      await this.scheduler.run(this.scheduler.now + 300_000, () => this.#exhausted());
      const runs = await this.runs();
      if (runs.length === this.scenario.runs.length && runs.every(isOver) && (await this.#allFree()) && round > 2) break;
      if (round > 0) for (const run of runs) this.#person(run, round);
    }
    await this.scheduler.run(Number.POSITIVE_INFINITY, () => this.#exhausted());
  }

  #exhausted(): boolean {
    return this.scheduler.steps > MAX_STEPS;
  }

  #at(time: number, act: () => Promise<void>): void {
    void this.scheduler
      .until(Math.max(time, this.scheduler.now))
      .then(act)
      .catch((error: unknown) => {
        if (!(error instanceof SlipwayError)) this.watch.say(`unexpected ${String(error)}`);
        this.world.log(`! ${String(error)}`);
      });
  }

  async #start(run: SimRun): Promise<void> {
    const { deps } = this.workflow.worker(`start ${run.key}`);
    const components = run.phases.flatMap((phase, index) =>
      phase.map(({ name }) => ({ name, kind: 'task', phase: `p${index}` })),
    );
    const known: RunDeps = {
      ...deps,
      workflow: {
        ...deps.workflow,
        start: (machine, name, input) => this.#known(run, deps, machine, name, input as { runId: string }),
      },
    };
    await startRun(known, {
      plan: { name: run.key, digest: run.key },
      target: `staging/${run.key}`,
      environment: 'staging',
      actor: 'person',
      onFailure: run.onFailure,
      resources: run.resources,
      flags: run.flags,
      components,
      options: {},
      idempotencyKey: run.key,
      queue: true,
    });
  }

  #known(run: SimRun, deps: RunDeps, machine: string, name: string, input: { runId: string }): Promise<{ arn: string }> {
    this.plans.set(input.runId, run.phases);
    this.ids.set(run.key, input.runId);
    this.watch.resources.set(input.runId, run.resources);
    return deps.workflow.start(machine, name, input);
  }

  async #command(what: Command, key: string, component = ''): Promise<void> {
    this.world.log(`COMMAND ${what} ${key} ${component}`.trimEnd());
    const { deps, worker } = this.workflow.worker(what);
    if (what === 'reconcile') {
      await reconcile(this.#informed(deps));
      if (this.world.limits) await reapQueue(deps);
      return;
    }
    if (what === 'halt' || what === 'unhalt') {
      await deps.store.write({ name: 'halt.set', key: haltKey('staging'), set: { active: what === 'halt' }, when: [] });
      return;
    }
    const runId = this.ids.get(key);
    if (runId === undefined) return;
    const said = { actor: 'person', reason: what };
    if (what === 'trip') await this.#trip(deps, runId);
    else if (what === 'break') await this.#break(deps, runId);
    else if (what === 'part') await this.#part(deps, runId, component, said);
    else if (what === 'pause') await pauseRun(deps, runId, 'person');
    else if (what === 'rollback') await goBack(deps, runId, said);
    else await goOn(deps, runId, said);
    this.world.log(`DONE ${what} by ${worker.name}`);
  }

  async #part(deps: RunDeps, runId: string, component: string, said: Said): Promise<void> {
    const phases = (this.plans.get(runId) ?? []).map((components, index) => ({
      name: `p${index}`,
      after: index === 0 ? [] : [`p${index - 1}`],
      components,
    }));
    await goBackTo(deps, runId, { component, phases }, said);
  }

  /** An alarm, as the real function acts on it. It names its run, so that the oracle can tell whose flag it tripped. */
  async #trip(deps: RunDeps, runId: string): Promise<void> {
    const run = this.scenario.runs.find(({ key }) => this.ids.get(key) === runId);
    const component = run?.phases.flat().find(({ flag }) => flag !== undefined);
    if (component?.flag === undefined) return;
    const owner = { runId, environment: 'staging', component: component.name, guardrail: 'errors', flag: component.flag };
    await tripGuardrail(deps, owner, { name: runId, reason: 'errors' });
  }

  /** The first of its locks, as a person who has listed them would name it. */
  async #break(deps: RunDeps, holder: string): Promise<void> {
    const [resource] = this.watch.locksOf(holder);
    if (resource !== undefined) await breakLock(deps, { resource, holder, actor: 'person', reason: 'break' });
  }

  /** A run that `reconcile` starts for the first time is one whose start died on the way. */
  #informed(deps: RunDeps): RunDeps {
    return {
      ...deps,
      workflow: {
        ...deps.workflow,
        start: async (machine, name, input) => {
          const { runId } = input as { runId: string };
          const item = await this.memory.read(runKey(runId));
          const run = this.scenario.runs.find(({ key }) => key === (item && readRun(item).plan.name));
          if (!run) throw new Error(`no plan of ${runId}`);
          return this.#known(run, deps, machine, name, { ...(input as object), runId });
        },
      },
    };
  }

  /** Does what the run names as the next action, with the truth about manual effects. */
  #person(run: RunState, round: number): void {
    const { deps } = this.workflow.worker(`person ${run.id}`);
    const stands: Record<string, boolean> = {};
    for (const component of (this.plans.get(run.id) ?? []).flat()) {
      const parts =
        component.segments > 0
          ? Array.from({ length: component.segments }, (_, index) => `${component.name}#${index}`)
          : [component.name];
      for (const part of parts)
        for (let step = 0; step < component.steps; step += 1)
          stands[`${part}/${step}`] = this.receiver.stands(run.id, part, step);
    }
    const said = { actor: 'person', reason: 'next action', stands };
    if (run.broken) {
      // Taken back where nobody came between; otherwise the rest of what it holds is let go.
      if (round < 4 && !isOver(run)) this.#at(0, async () => void (await goBack(deps, run.id, said)));
      else this.#at(0, () => this.#break(deps, run.id));
      return;
    }
    const forward = run.direction === 'forward' && round < 4;
    if (
      run.status === 'paused' ||
      run.status === 'failed' ||
      run.status === 'partially-failed' ||
      run.status === 'rollback-failed'
    ) {
      if (run.next === undefined) this.watch.say(`${run.id} rests as ${run.status} and names no next action`);
      const back = () => (run.backTo ? this.#part(deps, run.id, run.backTo.component, said) : goBack(deps, run.id, said));
      this.#at(0, async () => void (forward ? await goOn(deps, run.id, said) : await back()));
    }
  }

  async runs(): Promise<readonly RunState[]> {
    const items = await this.memory.listIndex('listing', 'run');
    return items.items.map(readRun);
  }

  async #allFree(): Promise<boolean> {
    const { places } = readQueue(await this.memory.read(queueKey));
    return places.length === 0 && (await this.memory.listIndex('open', 'lock')).items.length === 0;
  }
}

/** Plays one seed; `without` names a clause to leave out of its condition. */
export async function simulate(seed: number, without?: string, staged?: Staged): Promise<Outcome> {
  const simulation = new Simulation(seed, without, staged);
  await simulation.run();
  const violations = await judge(simulation);
  const statuses = (await simulation.runs()).map(({ status }) => status);
  const digest = createHash('sha256').update(simulation.log.join('\n')).digest('hex').slice(0, 16);
  const { log, scenario } = simulation;
  return { seed, violations, digest, log, clauses: simulation.world.clauses, scenario, statuses };
}
