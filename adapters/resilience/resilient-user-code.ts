import { UserCodeNotStartedError } from '../../shared/errors/user-code-errors.ts';
import type { Retry } from '../../shared/plan/plan.ts';
import type { Value } from '../../shared/ports/store.ts';
import type { TaskInput, TaskMethod, TaskShape, UserCode } from '../../shared/ports/user-code.ts';
import { Circuits } from './circuits.ts';
import { type RetryDeps, retried } from './retried.ts';

/** Asking a function what it is takes this long at most, repeats included, ms. */
const SHAPE_TIME = 30_000;

/** Methods that only read. Repeats of the others need a new intent each, so the step runner drives those. */
const READS: ReadonlySet<TaskMethod> = new Set(['verify', 'probe']);

/**
 * User code behind a circuit breaker for each function and run, with reads repeated. `policyOf` answers the policy of the
 * component that calls, or the plan's. The one layer of repeats: what lies beneath tries once. Checks call through `readOnly`.
 */
export class ResilientUserCode implements UserCode {
  readonly #inner: UserCode;
  readonly #deps: RetryDeps;
  readonly #policyOf: (component?: string) => Retry;
  readonly #circuits: Circuits;

  constructor(inner: UserCode, deps: RetryDeps & { readonly circuits?: Circuits }, policyOf: (component?: string) => Retry) {
    this.#inner = inner;
    this.#deps = deps;
    this.#policyOf = policyOf;
    this.#circuits = deps.circuits ?? new Circuits(deps.clock);
  }

  shape(ref: string): Promise<TaskShape | undefined> {
    const deadline = this.#deps.clock.now() + SHAPE_TIME;
    return retried(this.#deps, this.#policyOf(), deadline, () => this.#inner.shape(ref));
  }

  call(ref: string, method: TaskMethod, input: TaskInput, deadline: number): Promise<Value> {
    return READS.has(method) ? this.#read(ref, method, input, deadline) : this.#once(ref, method, input, deadline);
  }

  /** The same functions for callers whose `forward` only reads: the checks of `validate`. */
  readOnly(): UserCode {
    return {
      shape: (ref) => this.shape(ref),
      call: (ref, method, input, deadline) => this.#read(ref, method, input, deadline),
    };
  }

  #read(ref: string, method: TaskMethod, input: TaskInput, deadline: number): Promise<Value> {
    const call = () => this.#once(ref, method, input, deadline);
    return retried(this.#deps, this.#policyOf(input.component), deadline, call);
  }

  async #once(ref: string, method: TaskMethod, input: TaskInput, deadline: number): Promise<Value> {
    if (this.#deps.clock.now() >= deadline) {
      throw new UserCodeNotStartedError(`${ref} was not called: its time was up`, { next: 'Give the step a longer time-out.' });
    }
    const circuit = this.#circuits.of(`${ref} in run ${input.runId}`, this.#policyOf(input.component).circuit);
    return circuit(() => this.#inner.call(ref, method, input, deadline));
  }
}
