import type { Value } from '../../shared/ports/store.ts';
import type { Assignments, Processor, State, Template } from './definition.ts';
import { type Bindings, expectType, type JsonType } from './expressions.ts';
import type { Frame, FrameSeed, Run } from './frame.ts';
import type { EventDetails } from './history.ts';
import { checkPayload } from './payload.ts';
import { type FrameRecord, keys, type Memo } from './records.ts';
import type { Services } from './services.ts';

/** What a state did: its output, the variables it sets, and the state after it (undefined: the sequence ends). */
export interface Step {
  readonly next: string | undefined;
  readonly output: Value;
  readonly assigned: Readonly<Record<string, Value>>;
}

/** Parts of `$states` beyond the input, and of its context object. */
export interface Surroundings {
  readonly result?: Value;
  readonly errorOutput?: Value;
  readonly context?: Readonly<Record<string, Value>>;
}

export interface Fork extends Omit<FrameSeed, 'processor' | 'input' | 'iteration'> {
  readonly processor: Processor;
  readonly input: Value;
  readonly iteration?: readonly number[];
}

type RunFork = (run: Run, fork: FrameSeed) => Promise<Value>;

/** One stay in a state: what its handler reads, evaluates, records and remembers. Throws the abort reason once it is aborted. */
export class Visit {
  readonly run: Run;
  readonly frame: Frame;
  readonly name: string;
  readonly #runFork: RunFork;

  constructor(run: Run, frame: Frame, name: string, runFork: RunFork) {
    this.run = run;
    this.frame = frame;
    this.name = name;
    this.#runFork = runFork;
  }

  get services(): Services {
    return this.run.services;
  }

  get record(): FrameRecord {
    const { record } = this.frame;
    if (record === undefined) throw new Error(`The state '${this.name}' is visited before it is entered.`);
    return record;
  }

  get input(): Value {
    return this.record.input;
  }

  get memo(): Memo {
    return this.record.memo;
  }

  get signal(): AbortSignal {
    return this.frame.seed.signal;
  }

  /** Tries before this one. */
  get retryCount(): number {
    return this.record.attempts.reduce((sum, count) => sum + count, 0);
  }

  evaluate(template: Template, field: string, around: Surroundings = {}): Promise<Value> {
    return this.services.evaluator.evaluate(template, field, this.#bindings(around));
  }

  async evaluateAs(type: JsonType, template: Template, field: string, around: Surroundings = {}): Promise<Value> {
    return expectType(await this.evaluate(template, field, around), type, template, field);
  }

  async evaluateNumber(template: Template | undefined, field: string): Promise<number | undefined> {
    return template === undefined ? undefined : ((await this.evaluateAs('number', template, field)) as number);
  }

  async assign(assignments: Assignments | undefined, field: string, around: Surroundings): Promise<Record<string, Value>> {
    if (assignments === undefined) return {};
    return (await this.evaluate(assignments, field, around)) as Record<string, Value>;
  }

  /** Leaves a state in the way that most of them do: Output or the result, Assign, Next. Both see the variables as they were. */
  async leave(
    state: { readonly Output?: Template; readonly Assign?: Assignments; readonly Next?: string },
    result: Value,
    around: Surroundings = {},
  ): Promise<Step> {
    const output = state.Output === undefined ? result : await this.evaluate(state.Output, 'Output', around);
    const assigned = await this.assign(state.Assign, 'Assign', around);
    return { next: state.Next, output: checkPayload(output, this.name), assigned };
  }

  event(type: string, details: EventDetails = {}): number {
    this.signal.throwIfAborted();
    this.frame.lastEvent = this.frame.seed.history.record(type, this.frame.lastEvent, details);
    return this.frame.lastEvent;
  }

  /** Remembers, from the next commit on. */
  save(change: Partial<FrameRecord>): void {
    this.signal.throwIfAborted();
    this.frame.record = { ...this.record, ...change };
    this.run.journal.put(keys.frame(this.run.execution, this.frame.seed.id), this.frame.record as unknown as Value);
  }

  async commit(): Promise<void> {
    await this.run.journal.commit();
    this.signal.throwIfAborted();
  }

  fork(fork: Fork): Promise<Value> {
    const { iteration, item } = this.frame.seed;
    return this.#runFork(this.run, { iteration, item, ...fork });
  }

  #bindings({ context, ...others }: Surroundings): Bindings {
    return { ...this.frame.bindings(), states: { input: this.input, context: { ...this.#context(), ...context }, ...others } };
  }

  #context(): Record<string, Value> {
    const { arn, name, input, startedAt, machine, machineArn, roleArn } = this.run.execution;
    const { item } = this.frame.seed;
    return {
      Execution: {
        Id: arn,
        Input: input,
        Name: name,
        ...(roleArn === undefined ? {} : { RoleArn: roleArn }),
        StartTime: new Date(startedAt).toISOString(),
        RedriveCount: 0,
      },
      State: {
        EnteredTime: new Date(this.record.enteredAt).toISOString(),
        Name: this.name,
        RetryCount: this.retryCount,
      },
      StateMachine: { Id: machineArn, Name: machine },
      ...(item === undefined ? {} : { Map: { Item: { Index: item.Index, Value: item.Value } } }),
    };
  }
}

/** One state type. */
export type Handler<S extends State> = (state: S, visit: Visit) => Promise<Step>;
