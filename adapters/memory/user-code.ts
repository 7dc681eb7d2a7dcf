import { PreparationError, UserCodeTimeoutError } from '../../shared/errors/run-errors.ts';
import { UserCodeNotStartedError, UserFunctionError } from '../../shared/errors/user-code-errors.ts';
import type { TaskDefinition } from '../../shared/plan/define-task.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Value } from '../../shared/ports/store.ts';
import type { TaskInput, TaskMethod, TaskShape, UserCode } from '../../shared/ports/user-code.ts';
import { methodOf, shapeOf } from '../../shared/task/task-shape.ts';
import { thrownBy } from '../../shared/task/thrown.ts';
import { timeIsUp, warnAfter } from '../../shared/task/warning.ts';

/** User code of simulations and unit tests: functions of this process by reference. A function that is late is let go, since nothing here can end it. */
export class MemoryUserCode implements UserCode {
  readonly #clock: Clock;
  readonly #tasks: ReadonlyMap<string, TaskDefinition | TaskDefinition['forward']>;

  constructor(clock: Clock, tasks: Readonly<Record<string, TaskDefinition | TaskDefinition['forward']>>) {
    this.#clock = clock;
    this.#tasks = new Map(Object.entries(tasks));
  }

  async shape(ref: string): Promise<TaskShape | undefined> {
    return this.#tasks.has(ref) ? shapeOf(this.#tasks.get(ref)) : undefined;
  }

  async call(ref: string, method: TaskMethod, input: TaskInput, deadline: number): Promise<Value> {
    const what = `${ref} ${method}`;
    const call = methodOf(this.#tasks.get(ref), method);
    if (!call) throw new PreparationError(`There is no ${what}`, { next: 'Check the reference in the plan.' });
    const left = deadline - this.#clock.now();
    if (left <= 0) throw new UserCodeNotStartedError(`${what} was not started: its deadline had passed`);
    const answered = new AbortController();
    const over = new AbortController();
    const end = async (): Promise<never> => {
      await this.#clock.sleep(warnAfter(left), answered.signal);
      over.abort(timeIsUp(method));
      await this.#clock.sleep(left - warnAfter(left), answered.signal);
      throw new UserCodeTimeoutError(`${what} was ended at its deadline`);
    };
    const late = end();
    late.catch(() => {});
    try {
      return await Promise.race([late, answer(what, call, { ...structuredClone(input), signal: over.signal })]);
    } finally {
      answered.abort();
    }
  }
}

const answer = async (what: string, call: (input: unknown) => unknown, input: unknown): Promise<Value> => {
  try {
    return JSON.parse(JSON.stringify(await call(input)) ?? 'null') as Value;
  } catch (error) {
    throw new UserFunctionError(what, thrownBy(error), { cause: error });
  }
};
