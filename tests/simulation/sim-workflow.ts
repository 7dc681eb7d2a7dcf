import { SupersededError } from '../../shared/errors/run-errors.ts';
import type { Value } from '../../shared/ports/store.ts';
import type { Execution, ExecutionStatus, Workflow } from '../../shared/ports/workflow.ts';
import type { RunDeps } from '../../shared/run/run-access.ts';
import { point, SimStore, type SimWorld, type Worker } from './sim-store.ts';

export interface SimExecution {
  readonly machine: string;
  readonly name: string;
  readonly input: { readonly runId: string; readonly epoch: number };
  status: ExecutionStatus;
}

/** What ends a driver from outside: it was stopped, or the service gave up on it. */
class Ended extends Error {}

export type Machine = (control: Control, input: SimExecution['input']) => Promise<void>;

const FUNCTION_TIMEOUT_MS = 100_000;
const ATTEMPTS = 4;

/** Executions of the machines, driven as Step Functions would: function calls are tried again, and may be delivered twice. */
export class SimWorkflow {
  readonly executions = new Map<string, SimExecution>();
  readonly #world: SimWorld;
  readonly #machines: Readonly<Record<string, Machine>>;
  executionDies = 0;
  duplicates = 0;
  #workers = 0;

  constructor(world: SimWorld, machines: Readonly<Record<string, Machine>>) {
    this.#world = world;
    this.#machines = machines;
  }

  /** An invocation with its own clock, which may be off by less than half the margin. */
  worker(label: string): { worker: Worker; deps: RunDeps; invocation: string } {
    this.#workers += 1;
    const name = `w${this.#workers}.${label.replaceAll(' ', '.')}`;
    const worker: Worker = { name, dead: false, gate: undefined };
    const skew = this.#world.random.between(-900, 900);
    let ids = 0;
    const clock = {
      now: () => this.#world.scheduler.now + skew,
      sleep: async (ms: number) => {
        await this.#world.scheduler.after(ms);
        if (worker.dead) await new Promise<never>(() => {});
      },
    };
    const deps: RunDeps = {
      store: new SimStore(this.#world, worker),
      clock,
      ids: { next: () => `${name}-${ids++}`, random: () => this.#world.random.next() },
      events: { publish: async () => {} },
      workflow: this.port(worker),
      ...(this.#world.limits && { limits: this.#world.limits }),
    };
    return { worker, deps, invocation: name };
  }

  port(worker: Worker): Workflow {
    return {
      arnOf: (machine, name) => `${machine}/${name}`,
      start: async (machine, name, input) => {
        await point(this.#world, worker);
        this.launch(machine, name, input as unknown as SimExecution['input']);
        await point(this.#world, worker);
        return { arn: `${machine}/${name}` };
      },
      describe: async (arn) => {
        await point(this.#world, worker);
        const found = this.executions.get(arn);
        await point(this.#world, worker);
        return found && described(arn, found);
      },
      stop: async (arn) => {
        await point(this.#world, worker);
        const found = this.executions.get(arn);
        if (found?.status === 'RUNNING') {
          found.status = 'ABORTED';
          this.#world.log(`STOPPED ${arn} by ${worker.name}`);
        }
      },
      succeed: async () => true,
      fail: async () => true,
    };
  }

  launch(machine: string, name: string, input: SimExecution['input']): SimExecution {
    const arn = `${machine}/${name}`;
    const found = this.executions.get(arn);
    if (found) return found;
    const execution: SimExecution = { machine, name, input, status: 'RUNNING' };
    this.executions.set(arn, execution);
    this.#world.log(`START ${arn}`);
    const drive = this.#machines[machine];
    if (!drive) throw new Error(`no machine ${machine}`);
    const end = (status: ExecutionStatus) => {
      if (execution.status === 'RUNNING') execution.status = status;
      this.#world.log(`END ${arn} ${execution.status}`);
    };
    drive(new Control(this, this.#world, execution), input).then(
      () => end('SUCCEEDED'),
      (error: unknown) => {
        if (!(error instanceof Ended)) this.#world.log(`FAILED ${arn} ${String(error)}`);
        end('FAILED');
      },
    );
    return execution;
  }
}

const described = (arn: string, execution: SimExecution): Execution => ({
  arn,
  machine: execution.machine,
  name: execution.name,
  status: execution.status,
  startedAt: 0,
});

/** What a machine's driver may do between two function calls. */
export class Control {
  readonly execution: SimExecution;
  readonly #workflow: SimWorkflow;
  readonly #world: SimWorld;

  constructor(workflow: SimWorkflow, world: SimWorld, execution: SimExecution) {
    this.#workflow = workflow;
    this.#world = world;
    this.execution = execution;
  }

  get now(): number {
    return this.#world.scheduler.now;
  }

  async sleep(ms: number): Promise<void> {
    await this.#world.scheduler.after(Math.max(1, ms));
    this.#alive();
  }

  /** Waits until `until` by the workers' clocks. */
  sleepUntil(until: number): Promise<void> {
    return this.sleep(until - this.now);
  }

  /** Calls a function: tried again after an error or a time-out, while the earlier call may still be running. */
  async invoke<T extends Value | object>(
    label: string,
    body: (deps: RunDeps, worker: Worker, invocation: string) => Promise<T>,
  ): Promise<T | { outcome: 'superseded' }> {
    for (let attempt = 1; ; attempt += 1) {
      this.#alive();
      const call = this.#call(label, body);
      if (this.#world.random.chance(this.#workflow.duplicates)) this.#call(label, body).catch(() => {});
      const timeout = this.#world.scheduler.after(FUNCTION_TIMEOUT_MS).then((): never => {
        throw new Error('timed out');
      });
      try {
        const answer = await Promise.race([call, timeout]);
        this.#alive();
        return answer;
      } catch (error) {
        if (error instanceof SupersededError) return { outcome: 'superseded' };
        if (error instanceof Ended || attempt >= ATTEMPTS) throw error;
        await this.sleep(this.#world.random.between(500, 4000));
      } finally {
        timeout.catch(() => {});
      }
    }
  }

  async nested(machine: string, name: string, input: SimExecution['input']): Promise<void> {
    const child = this.#workflow.launch(machine, name, input);
    while (child.status === 'RUNNING') await this.sleep(2000);
  }

  #call<T>(label: string, body: (deps: RunDeps, worker: Worker, invocation: string) => Promise<T>): Promise<T> {
    const { worker, deps, invocation } = this.#workflow.worker(label);
    const call = body(deps, worker, invocation);
    call.catch((error: unknown) => this.#world.log(`${invocation} ! ${String(error)}`));
    return call;
  }

  #alive(): void {
    if (this.execution.status === 'RUNNING' && this.#world.random.chance(this.#workflow.executionDies)) {
      this.execution.status = 'FAILED';
      this.#world.log(`DIES ${this.execution.machine}/${this.execution.name}`);
    }
    if (this.execution.status !== 'RUNNING') throw new Ended();
  }
}
