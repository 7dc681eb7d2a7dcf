import type { Thrown } from '../../../shared/errors/user-code-errors.ts';
import type { TaskInput, TaskMethod, TaskShape } from '../../../shared/ports/user-code.ts';

/** What the control plane asks of the thread that holds a module. */
export type Request =
  | { readonly id: number; readonly ask: 'describe' }
  | {
      readonly id: number;
      readonly ask: 'call';
      readonly exported: string;
      readonly method: TaskMethod;
      readonly input: TaskInput;
      /** Epoch ms. */
      readonly deadline: number;
    };

/** Whatever the module exports, by name. */
export type Exports = { readonly [name: string]: TaskShape };

/** One line that user code printed, and for which step. */
export interface UserLine {
  readonly stream: 'stdout' | 'stderr';
  readonly line: string;
  /** Absent for what a module prints while it is loaded. */
  readonly call?: Pick<TaskInput, 'runId' | 'component' | 'step'> & { readonly method: TaskMethod };
}

export type Reply =
  | { readonly id: number; readonly exports: Exports }
  /** JSON text, so that an answer is the same plain data as from a Lambda. */
  | { readonly id: number; readonly output: string }
  | { readonly id: number; readonly thrown: Thrown }
  | { readonly id: number; readonly late: true }
  | { readonly id: number; readonly missing: 'export' | 'method' }
  | { readonly unloadable: Thrown }
  | { readonly log: UserLine };
