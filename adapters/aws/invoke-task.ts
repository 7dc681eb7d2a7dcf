import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda';
import { PreparationError, UserCodeTimeoutError } from '../../shared/errors/run-errors.ts';
import { UserCodeLostError, UserCodeNotStartedError, UserFunctionError } from '../../shared/errors/user-code-errors.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { isRetryable } from '../../shared/resilience/retryable-error.ts';
import { invokeFailure } from './invoke-failure.ts';

export interface TaskFunctions {
  /** Must try once only (`maxAttempts: 1`): a repeated forward needs a new intent. */
  readonly client: LambdaClient;
  readonly clock: Pick<Clock, 'now'>;
  /** The function (name or ARN) of a declared Task; undefined: none is declared so. */
  readonly functionOf: (task: string) => string | undefined;
}

export interface Invocation {
  /** `resize forward`, for errors. */
  readonly what: string;
  readonly functionName: string;
  /** JSON. */
  readonly payload: string;
  /** Epoch ms at which nobody waits for an answer any more. */
  readonly deadline: number;
}

/** What the function of a declared Task answers; undefined where that is no JSON. Rejects as `UserCode` does. */
export async function invokeTask(
  { client, clock }: Pick<TaskFunctions, 'client' | 'clock'>,
  invocation: Invocation,
): Promise<unknown> {
  const { what, functionName, payload, deadline } = invocation;
  const left = deadline - clock.now();
  if (left <= 0) throw new UserCodeNotStartedError(`${what} was not started: its deadline had passed`);
  const command = new InvokeCommand({ FunctionName: functionName, InvocationType: 'RequestResponse', Payload: payload });
  let answer: InvokeCommandOutput;
  try {
    answer = await client.send(command, { requestTimeout: left });
  } catch (error) {
    throw invokeFailure(what, error);
  }
  const body = parsed(answer.Payload);
  if (answer.FunctionError !== undefined) throw functionError(what, body);
  return body;
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

/** Whether the function answered more than the 6 MB that Lambda hands on. */
export const answeredTooMuch = (error: unknown): error is UserFunctionError =>
  error instanceof UserFunctionError && error.thrown.name === 'Function.ResponseSizeTooLarge';

const parsed = (payload: Uint8Array | undefined): unknown => {
  try {
    return payload && JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
};

export const oddAnswer = (what: string, body: unknown): PreparationError =>
  new PreparationError(`${what} answered ${JSON.stringify(body)?.slice(0, 200)}, which is no answer of a Task`, {
    next: 'Export the handler as taskHandler(task).',
  });

export const noSuchTask = (ref: string): PreparationError =>
  new PreparationError(`No Task is called ${ref}`, { next: 'Declare it, or correct the plan.' });
