import type { Clock } from '../../shared/ports/clock.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { Value } from '../../shared/ports/store.ts';
import type { Execution } from '../../shared/ports/workflow.ts';
import type { Evaluator } from './expressions.ts';
import type { Answer } from './records.ts';
import type { ExecutionStore } from './store/execution-store.ts';

/**
 * Invokes a function by ARN or name. What it rejects with becomes the task's error: `name` is Error, and Cause is the JSON
 * `{ errorType, errorMessage, trace }` that a Node Lambda answers. `timeoutMs` is absent where the state sets no limit.
 */
export type Invoke = (functionArn: string, payload: Value, options: InvokeOptions) => Promise<Value>;

export interface InvokeOptions {
  /** Aborts when the execution is stopped, the task times out, or a sibling branch fails. */
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

export interface TaskRequest extends InvokeOptions {
  readonly execution: string;
  readonly stateName: string;
  readonly resource: string;
  readonly arguments: Value;
  /** Indexes of the Map iterations around the state, outermost first. */
  readonly iteration: readonly number[];
  readonly taskToken?: string;
}

/** Serves task resources beyond Lambda and nested executions; undefined: not mine. Rejects like `Invoke`, or with a StateError. */
export type Integrate = (request: TaskRequest) => Promise<Value> | undefined;

/** Buckets of objects, for ItemReader and ResultWriter. */
export interface Objects {
  get(bucket: string, key: string): Promise<Uint8Array>;
  /** In the shape of S3's ListObjectsV2 contents: `{ Key, Size, … }`. */
  list(bucket: string, prefix: string): Promise<readonly Value[]>;
  put(bucket: string, key: string, body: string): Promise<void>;
}

/** One wait for a task token. False: it has been answered, or its time is out. */
export interface Callback {
  answer(given: Answer): Promise<boolean>;
  beat(): Promise<boolean>;
}

/** What a nested `states:startExecution` needs of the engine. */
interface NestedExecutions {
  /** `mine`: an execution of this name was started by this very task before a crash, and is joined. */
  start(machine: string, name: string, input: Value, mine: boolean): Promise<Execution>;
  /** Resolves when the execution is no longer RUNNING. */
  finished(arn: string, signal: AbortSignal): Promise<Execution & { readonly input: Value; readonly machineArn: string }>;
  stop(arn: string, reason: { error: string; cause: string }): Promise<void>;
}

export interface Services {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly store: ExecutionStore;
  readonly evaluator: Evaluator;
  readonly invoke: Invoke;
  readonly integrate: Integrate;
  readonly objects: Objects | undefined;
  readonly nested: NestedExecutions;
  /** The waits for task tokens of the executions in memory. */
  readonly callbacks: Map<string, Callback>;
}
