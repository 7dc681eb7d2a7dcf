import { PreparationError } from '../../shared/errors/run-errors.ts';
import { UserCodeNotStartedError, UserFunctionError } from '../../shared/errors/user-code-errors.ts';
import type { Value } from '../../shared/ports/store.ts';
import type { TaskInput, TaskMethod, TaskShape, UserCode } from '../../shared/ports/user-code.ts';
import { type TaskReply, type TaskRequest, taskReply } from '../../shared/task/task-message.ts';
import { invokeTask, noSuchTask, oddAnswer, type TaskFunctions } from './invoke-task.ts';

/** Asking a function what it is takes this long at most, ms. */
const DESCRIBE_TIME = 15_000;

/** User code in Lambda functions of its own. Payloads: `shared/task/task-message.ts`. */
export class LambdaUserCode implements UserCode {
  readonly #options: TaskFunctions;
  readonly #shapes = new Map<string, TaskShape>();

  constructor(options: TaskFunctions) {
    this.#options = options;
  }

  async shape(ref: string): Promise<TaskShape | undefined> {
    const known = this.#shapes.get(ref);
    const name = this.#options.functionOf(ref);
    if (known || name === undefined) return known;
    const what = `Describing ${ref}`;
    const reply = await this.#ask(what, name, { method: 'describe' }, this.#options.clock.now() + DESCRIBE_TIME);
    if (!('shape' in reply)) throw oddAnswer(what, reply);
    this.#shapes.set(ref, reply.shape);
    return reply.shape;
  }

  async call(ref: string, method: TaskMethod, input: TaskInput, deadline: number): Promise<Value> {
    const name = this.#options.functionOf(ref);
    if (name === undefined) throw noSuchTask(ref);
    const what = `${ref} ${method}`;
    const reply = await this.#ask(what, name, { method, input, deadline }, deadline);
    if ('output' in reply) return reply.output as Value;
    if ('thrown' in reply) throw new UserFunctionError(what, reply.thrown);
    if ('notStarted' in reply) throw new UserCodeNotStartedError(`${what} was not started: ${reply.notStarted}`);
    if ('missing' in reply) throw new PreparationError(`${ref} has no ${method}`, { next: `Add ${method} with defineTask.` });
    throw oddAnswer(what, reply);
  }

  async #ask(what: string, functionName: string, request: TaskRequest, deadline: number): Promise<TaskReply> {
    const body = await invokeTask(this.#options, { what, functionName, payload: JSON.stringify(request), deadline });
    const reply = taskReply.safeParse(body);
    if (!reply.success) throw oddAnswer(what, body);
    return reply.data;
  }
}
