import type { Value } from './store.ts';

/** How an effect may be treated after a crash between it and its checkpoint. */
export type EffectClass = 'idempotent' | 'probeable' | 'manual';

export type TaskMethod = 'forward' | 'verify' | 'undo' | 'probe';

/** What a user's task tells of itself. */
export interface TaskShape {
  readonly effect: EffectClass;
  readonly methods: readonly TaskMethod[];
}

/** What a user's function receives. All plain JSON. */
export interface TaskInput {
  readonly runId: string;
  readonly component: string;
  /** 0-based index among the steps of the component. */
  readonly step: number;
  /** The element of the plan's `items` for this step, or null. */
  readonly item: Value;
  readonly input: Value;
  /** Outputs of components that finished before, by component name. */
  readonly outputs: { readonly [component: string]: Value };
  /** The same for every repeat of the same step: give it to receivers that deduplicate. */
  readonly idempotencyKey: string;
  readonly fence: number;
  /** The forward output of this step, for verify, undo and probe. */
  readonly output: Value;
}

/** Calls the user's functions: their own Lambdas, or modules in a worker that is ended at the deadline. */
export interface UserCode {
  /** Undefined: there is no such function. `ref` is `./file.ts#export` resolved against the plan, or a Task's name. */
  shape(ref: string): Promise<TaskShape | undefined>;
  /** Rejects with the user's error, or UserCodeTimeoutError once the function is dead. */
  call(ref: string, method: TaskMethod, input: TaskInput, deadline: number): Promise<Value>;
}
