import type { Value } from '../ports/store.ts';
import type { DataRecord } from '../ports/tables.ts';
import type { EffectClass, TaskInput } from '../ports/user-code.ts';

/** One method of a task. It must stop, or fail, once the signal is aborted: its time is up. */
type TaskHandler = (input: TaskInput & { readonly signal: AbortSignal }) => Promise<Value> | Value;

/** Your own function as Slipway runs it. What `forward` answers is the step's output, and is given to the other three. */
export interface TaskDefinition {
  /**
   * What may be done after a crash in the middle: `idempotent`: call forward again; `probeable`: ask probe;
   * `manual`: nothing, a person decides.
   */
  readonly effect: EffectClass;
  readonly forward: TaskHandler;
  /** Throws where what forward did is not there. */
  readonly verify?: TaskHandler;
  /** Takes back what forward did. Must be safe to repeat, and safe where forward only got half-way. */
  readonly undo?: TaskHandler;
  /** Whether what forward does stands at its receiver. */
  readonly probe?: (...input: Parameters<TaskHandler>) => Promise<boolean> | boolean;
}

/** One record in, zero or more out. Deterministic: the same record always gives the same answer. */
export type Transform = (record: DataRecord) => DataRecord | readonly DataRecord[];

/** Types a task: `export const resize = defineTask({ effect: 'idempotent', forward, undo })`. */
export function defineTask<const Definition extends TaskDefinition>(definition: Definition): Definition {
  return definition;
}

/** Types the transform of a batch: `export const reshape = defineTransform((record) => ({ ... }))`. */
export function defineTransform<const Function extends Transform>(transform: Function): Function {
  return transform;
}
