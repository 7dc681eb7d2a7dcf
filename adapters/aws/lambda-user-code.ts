import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda';
import { PreparationError, UserCodeTimeoutError } from '../../shared/errors/run-errors.ts';
import { UserCodeLostError, UserCodeNotStartedError, UserFunctionError } from '../../shared/errors/user-code-errors.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Value } from '../../shared/ports/store.ts';
import type { TaskInput, TaskMethod, TaskShape, UserCode } from '../../shared/ports/user-code.ts';
import { isRetryable } from '../../shared/resilience/retryable-error.ts';
import { type TaskReply, type TaskRequest, taskReply } from '../../shared/task/task-message.ts';
import { invokeFailure } from './invoke-failure.ts';

export interface LambdaUserCodeOptions {
  /** Must try once only (`maxAttempts: 1`): a repeated forward needs a new intent. */
  readonly client: LambdaClient;
  readonly clock: Pick<Clock, 'now'>;
  /** The function (name or ARN) of a declared Task; undefined: none is declared so. */
  readonly functionOf: (task: string) => string | undefined;
}

/** Asking a function what it is takes this long at most, ms. */
const DESCRIBE_TIME = 15_000;

/** User code in Lambda functions of its own. Payloads: `shared/task/task-message.ts`. */
export class LambdaUserCode implements UserCode {
  readonly #options: LambdaUserCodeOptions;
  readonly #shapes = new Map<string, TaskShape>();

  constructor(options: LambdaUserCodeOptions) {
    this.#options = options;
  }

  async shape(ref: string): Promise<TaskShape | undefined> {
    const known = this.#shapes.get(ref);
    const name = this.#options.functionOf(ref);
    if (known || name === undefined) return known;
    const reply = await this.#invoke(
      `Describing ${ref}`,
      name,
      { method: 'describe' },
      this.#options.clock.now() + DESCRIBE_TIME,
    );
    if (!('shape' in reply)) throw odd(`Describing ${ref}`, reply);
    this.#shapes.set(ref, reply.shape);
    return reply.shape;
  }

  async call(ref: string, method: TaskMethod, input: TaskInput, deadline: number): Promise<Value> {
    const name = this.#options.functionOf(ref);
    if (name === undefined) throw new PreparationError(`No Task is called ${ref}`, { next: 'Declare it, or correct the plan.' });
    const what = `${ref} ${method}`;
    const reply = await this.#invoke(what, name, { method, input, deadline }, deadline);
    if ('output' in reply) return reply.output as Value;
    if ('thrown' in reply) throw new UserFunctionError(what, reply.thrown);
    if ('notStarted' in reply) throw new UserCodeNotStartedError(`${what} was not started: ${reply.notStarted}`);
    if ('missing' in reply) throw new PreparationError(`${ref} has no ${method}`, { next: `Add ${method} with defineTask.` });
    throw odd(what, reply);
  }

  async #invoke(what: string, name: string, request: TaskRequest, deadline: number): Promise<TaskReply> {
    const left = deadline - this.#options.clock.now();
    if (left <= 0) throw new UserCodeNotStartedError(`${what} was not started: its deadline had passed`);
    const command = new InvokeCommand({
      FunctionName: name,
      InvocationType: 'RequestResponse',
      Payload: JSON.stringify(request),
    });
    let answer: InvokeCommandOutput;
    try {
      answer = await this.#options.client.send(command, { requestTimeout: left });
    } catch (error) {
      throw invokeFailure(what, error);
    }
    const body = parsed(answer.Payload);
    if (answer.FunctionError !== undefined) throw functionError(what, body);
    const reply = taskReply.safeParse(body);
    if (!reply.success) throw odd(what, body);
    return reply.data;
  }
}

/** The invocation ended without an answer of the task's own: a time-out, a crash, or an error outside of `taskHandler`. */
function functionError(what: string, body: unknown): Error {
  const { errorType, errorMessage } = (body ?? {}) as { errorType?: unknown; errorMessage?: unknown };
  const name = typeof errorType === 'string' ? errorType : 'Error';
  const message = typeof errorMessage === 'string' ? errorMessage : 'it told no reason';
  if (name === 'Sandbox.Timedout' || / Task timed out after /.test(message)) {
    return new UserCodeTimeoutError(`${what} was ended at its function's time-out`, {
      next: 'Give the component and its function longer time-outs.',
    });
  }
  if (name.startsWith('Runtime.') && name !== 'Runtime.UserCodeSyntaxError' && name !== 'Runtime.ImportModuleError') {
    return new UserCodeLostError(`${what} ended with its sandbox: ${name}: ${message}`, { next: "See the function's own log." });
  }
  return new UserFunctionError(what, { name, message, retryable: isRetryable({ name }) });
}

const parsed = (payload: Uint8Array | undefined): unknown => {
  try {
    return payload && JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
};

const odd = (what: string, body: unknown): PreparationError =>
  new PreparationError(`${what} answered ${JSON.stringify(body)?.slice(0, 200)}, which is no answer of a Task`, {
    next: 'Export the handler as taskHandler(task).',
  });
