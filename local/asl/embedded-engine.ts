import { isDeepStrictEqual } from 'node:util';
import type { Value } from '../../shared/ports/store.ts';
import type { Execution } from '../../shared/ports/workflow.ts';
import { type ExecutionName, executionArn, InvalidExecutionNameError, machineNameOf, parseExecutionArn } from './arn.ts';
import { within } from './deadline.ts';
import type { Engine, EngineOptions, ExecutionFilter, StatusListener } from './engine.ts';
import { ExecutionAlreadyExistsError, StateMachineDoesNotExistError } from './engine-errors.ts';
import { EngineClosedError, ReportedError } from './errors.ts';
import { type ExecutionInit, RunningExecution } from './execution.ts';
import { createEvaluator } from './expressions.ts';
import { type Machine, prepareMachine } from './machines.ts';
import { checkPayload } from './payload.ts';
import { type ExecutionRecord, type HistoryEvent, keys, readEvent, readExecution } from './records.ts';
import { forget, readOpenExecutions } from './recovery.ts';
import type { Services } from './services.ts';
import type { ExecutionStore } from './store/execution-store.ts';

/** The engine behind `createEngine`: what runs in this process, over what is written in the store. */
export class EmbeddedEngine implements Engine {
  readonly #machines = new Map<string, Machine>();
  readonly #running = new Map<string, { readonly execution: RunningExecution; readonly done: Promise<void> }>();
  /** Starts of one name wait for each other. */
  readonly #starting = new Map<string, Promise<unknown>>();
  readonly #listeners = new Set<StatusListener>();
  readonly #services: Services;
  readonly #store: ExecutionStore;
  readonly #onFault: NonNullable<EngineOptions['onFault']>;
  #closed = false;

  constructor({ clock, ids, store, invoke, machines, integrate, objects, onFault }: EngineOptions) {
    this.#store = store;
    this.#onFault = onFault ?? (() => undefined);
    for (const machine of machines.map(prepareMachine)) {
      this.#machines.set(machine.name, machine).set(machine.arn, machine);
    }
    this.#services = {
      clock,
      ids,
      store,
      evaluator: createEvaluator(clock, ids),
      invoke,
      integrate: integrate ?? (() => undefined),
      objects,
      callbacks: new Map(),
      nested: {
        start: (machine, name, input, mine) => this.#startNested(machine, name, input, mine),
        finished: (arn, signal) => this.#finished(arn, signal),
        stop: (arn, reason) => this.stop(arn, reason),
      },
    };
  }

  async start(machine: string, name: string, input: Value): Promise<{ arn: string }> {
    const { record } = await this.#startOnce(machine, name, input);
    return { arn: record.arn };
  }

  arnOf(machine: string, name: string): string {
    return executionArn(this.#machine(machine).arn, name);
  }

  async describe(arn: string): Promise<Execution | undefined> {
    const record = await this.#read(arn);
    return record === undefined ? undefined : toExecution(record);
  }

  async stop(arn: string, reason: { error: string; cause: string }): Promise<void> {
    const running = this.#running.get(arn);
    running?.execution.abort(reason);
    await running?.done;
  }

  async succeed(taskToken: string, output: Value): Promise<boolean> {
    return (await this.#services.callbacks.get(taskToken)?.answer({ output })) ?? false;
  }

  async fail(taskToken: string, { error, cause }: { error: string; cause: string }): Promise<boolean> {
    return (await this.#services.callbacks.get(taskToken)?.answer({ error, cause })) ?? false;
  }

  async heartbeat(taskToken: string): Promise<boolean> {
    return (await this.#services.callbacks.get(taskToken)?.beat()) ?? false;
  }

  async history(arn: string): Promise<readonly HistoryEvent[]> {
    const name = parseExecutionArn(arn);
    if (name === undefined) return [];
    const events: HistoryEvent[] = [];
    for await (const [key, value] of this.#store.list(keys.events(name))) events.push(readEvent(value, key));
    return events;
  }

  async list({ machine, status }: ExecutionFilter = {}): Promise<readonly Execution[]> {
    const prefix = machine === undefined ? keys.executions : keys.executionsOf(this.#arnName(machine));
    const found: Execution[] = [];
    for await (const [key, value] of this.#store.list(prefix)) {
      const record = readExecution(value, key);
      if (status === undefined || record.status === status) found.push(toExecution(record));
    }
    return found.sort((a, b) => b.startedAt - a.startedAt);
  }

  async recover(): Promise<{ readonly executions: number }> {
    const open = await readOpenExecutions(this.#store);
    // All are known before the first goes on, so that a nested execution is found by the one that waits for it.
    const ready = open
      .filter(({ record }) => !this.#running.has(record.arn))
      .map((found) => this.#register({ ...found, arnName: found.name.machine }));
    for (const go of ready) go();
    return { executions: ready.length };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const running = [...this.#running.values()];
    for (const { execution } of running) execution.suspend(new EngineClosedError('The engine was closed.'));
    await Promise.all(running.map(({ done }) => done));
  }

  onStatusChange(listener: StatusListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #machine(nameOrArn: string): Machine {
    const machine = this.#machines.get(nameOrArn);
    if (machine !== undefined) return machine;
    const known = [...this.#machines.values()].map(({ name }) => name);
    throw new StateMachineDoesNotExistError(`There is no state machine '${nameOrArn}'.`, {
      next: `Use one of: ${[...new Set(known)].join(', ')}.`,
    });
  }

  #arnName(nameOrArn: string): string {
    return this.#machines.get(nameOrArn)?.arnName ?? (nameOrArn.startsWith('arn:') ? machineNameOf(nameOrArn) : nameOrArn);
  }

  async #read(arn: string): Promise<ExecutionRecord | undefined> {
    const name = parseExecutionArn(arn);
    if (name === undefined) return undefined;
    const value = await this.#store.get(keys.execution(name));
    return value === undefined ? undefined : readExecution(value, keys.execution(name));
  }

  /** Starts an execution, or finds the one that has the name. */
  async #startOnce(machineName: string, name: string, input: Value): Promise<{ record: ExecutionRecord; fresh: boolean }> {
    if (this.#closed) throw new EngineClosedError('The engine was closed.');
    const machine = this.#machine(machineName);
    const arn = executionArn(machine.arn, name);
    checkPayload(input, machine.name);
    const before = this.#starting.get(arn);
    const attempt = (async () => {
      await before?.catch(() => undefined);
      return this.#startNow(machine, arn, name, input);
    })();
    this.#starting.set(arn, attempt);
    try {
      return await attempt;
    } finally {
      if (this.#starting.get(arn) === attempt) this.#starting.delete(arn);
    }
  }

  async #startNow(
    machine: Machine,
    arn: string,
    name: string,
    input: Value,
  ): Promise<{ record: ExecutionRecord; fresh: boolean }> {
    const existing = await this.#read(arn);
    if (existing !== undefined) {
      if (isDeepStrictEqual(existing.input, JSON.parse(JSON.stringify(input)))) return { record: existing, fresh: false };
      throw new ExecutionAlreadyExistsError(`The execution ${arn} exists with another input.`, { next: 'Use another name.' });
    }
    const record: ExecutionRecord = {
      arn,
      machine: machine.name,
      machineArn: machine.arn,
      ...(machine.roleArn === undefined ? {} : { roleArn: machine.roleArn }),
      type: machine.type,
      name,
      status: 'RUNNING',
      startedAt: this.#services.clock.now(),
      input,
      definition: machine.digest,
    };
    const restored = { frames: new Map(), variables: new Map() };
    const go = this.#register({ record, definition: machine.definition, arnName: machine.arnName, restored, lastEvent: 0 });
    try {
      await this.#running.get(arn)?.execution.open(machine.definition as unknown as Value);
    } catch (error) {
      this.#running.delete(arn);
      throw error;
    }
    this.#notify(record);
    go();
    return { record, fresh: true };
  }

  /** Puts an execution among the running ones; the function that is returned sets it going. */
  #register(init: Omit<ExecutionInit, 'services'>): () => void {
    const execution = new RunningExecution({ ...init, services: this.#services });
    const { arn, name } = init.record;
    const gate = Promise.withResolvers<void>();
    const done = gate.promise.then(() => this.#drive(execution, { machine: init.arnName, name }));
    this.#running.set(arn, { execution, done });
    return () => gate.resolve();
  }

  async #drive(execution: RunningExecution, name: ExecutionName): Promise<void> {
    const { arn } = execution.record;
    try {
      const record = await execution.run();
      await forget(this.#store, name);
      this.#running.delete(arn);
      this.#notify(record);
    } catch (error) {
      this.#running.delete(arn);
      if (!this.#closed) this.#onFault(arn, error);
    }
  }

  #notify(record: ExecutionRecord): void {
    for (const listener of this.#listeners) {
      try {
        listener(toExecution(record));
      } catch (error) {
        this.#onFault(record.arn, error);
      }
    }
  }

  async #startNested(machine: string, name: string, input: Value, mine: boolean): Promise<Execution> {
    try {
      // One's own is joined even where an expression gave another input after the crash.
      const own = mine ? await this.describe(this.arnOf(machine, name)) : undefined;
      if (own !== undefined) return own;
      const { record, fresh } = await this.#startOnce(machine, name, input);
      if (fresh || record.status === 'RUNNING') return toExecution(record);
    } catch (error) {
      if (error instanceof StateMachineDoesNotExistError) {
        throw new ReportedError('StepFunctions.StateMachineDoesNotExistException', error.message, { cause: error });
      }
      if (error instanceof InvalidExecutionNameError) {
        throw new ReportedError('StepFunctions.InvalidNameException', error.message, { cause: error });
      }
      if (!(error instanceof ExecutionAlreadyExistsError)) throw error;
    }
    throw new ReportedError('StepFunctions.ExecutionAlreadyExistsException', `Execution Already Exists: '${name}' of ${machine}`);
  }

  async #finished(arn: string, signal: AbortSignal): Promise<Execution & { input: Value; machineArn: string }> {
    const running = this.#running.get(arn);
    if (running !== undefined) {
      await within({ clock: this.#services.clock, signal, expired: () => new EngineClosedError('') }, () => running.done);
    }
    const record = await this.#read(arn);
    // It stands still for a fault of the store, or the engine is being closed: so does whoever waits for it.
    if (record === undefined || record.status === 'RUNNING') throw new EngineClosedError(`The execution ${arn} stands still.`);
    return { ...toExecution(record), input: record.input, machineArn: record.machineArn };
  }
}

function toExecution(record: ExecutionRecord): Execution {
  const { arn, machine, name, status, startedAt, stoppedAt, output, error, cause } = record;
  return {
    arn,
    machine,
    name,
    status,
    startedAt,
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}
