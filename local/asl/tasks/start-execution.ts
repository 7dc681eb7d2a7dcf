import type { Value } from '../../../shared/ports/store.ts';
import type { Execution } from '../../../shared/ports/workflow.ts';
import { EngineClosedError, ReportedError, TaskFailedError } from '../errors.ts';
import type { Visit } from '../visit.ts';
import type { TaskEvents } from './events.ts';
import type { Pattern } from './resource.ts';

/**
 * `arn:aws:states:::states:startExecution`, alone, `.sync` (Output is a JSON string) or `.sync:2` (Output is JSON).
 * The name is remembered before the start, so that after a crash the same execution is joined. As on AWS, a task that is given
 * up stops the execution that it waits for.
 */
export async function startExecution(
  visit: Visit,
  args: Value,
  pattern: Pattern,
  events: TaskEvents,
  signal: AbortSignal,
): Promise<Value> {
  const { StateMachineArn, Name, Input } = args as Readonly<Record<string, Value>>;
  if (typeof StateMachineArn !== 'string') throw missing('StateMachineArn');
  const input = parseInput(Input);
  const mine = visit.memo.nested !== undefined;
  const name = visit.memo.nested?.name ?? (typeof Name === 'string' ? Name : visit.services.ids.next());
  if (!mine) {
    visit.save({ memo: { ...visit.memo, nested: { name } } });
    await visit.commit();
  }
  const { nested } = visit.services;
  const { arn, startedAt } = await nested.start(StateMachineArn, name, input, mine);
  const started = { ExecutionArn: arn, SdkHttpMetadata: { HttpStatusCode: 200 }, StartDate: startedAt };
  if (pattern === 'request' || pattern === 'callback') return started;
  try {
    events.submitted(started);
    await visit.commit();
    const execution = await nested.finished(arn, signal);
    const described = describe(execution, pattern);
    if (execution.status === 'SUCCEEDED') return described;
    throw new TaskFailedError(JSON.stringify(described));
  } catch (error) {
    // Closing the engine is no reason: the execution goes on after the restart.
    if (signal.aborted && !(signal.reason instanceof EngineClosedError)) {
      await nested.stop(arn, { error: 'States.TaskAborted', cause: `The task '${visit.name}' that waited for it was given up.` });
    }
    throw error;
  }
}

function describe(execution: Execution & { readonly input: Value; readonly machineArn: string }, pattern: Pattern): Value {
  const shown = (value: Value): Value => (pattern === 'sync:2' ? value : JSON.stringify(value));
  const { arn, input, output, name, startedAt, machineArn, status, stoppedAt, error, cause } = execution;
  const redrive = `Execution is ${status} and cannot be redriven`;
  return {
    ...(cause === undefined ? {} : { Cause: cause }),
    ...(error === undefined ? {} : { Error: error }),
    ExecutionArn: arn,
    Input: shown(input),
    InputDetails: { Included: true },
    Name: name,
    ...(output === undefined ? {} : { Output: shown(output), OutputDetails: { Included: true } }),
    RedriveCount: 0,
    RedriveStatus: 'NOT_REDRIVABLE',
    RedriveStatusReason: redrive,
    StartDate: startedAt,
    StateMachineArn: machineArn,
    Status: status,
    ...(stoppedAt === undefined ? {} : { StopDate: stoppedAt }),
  };
}

/** Input may be given as JSON or as the text of JSON. */
function parseInput(input: Value | undefined): Value {
  if (typeof input !== 'string') return input ?? {};
  try {
    return JSON.parse(input);
  } catch (error) {
    throw new ReportedError('StepFunctions.InvalidExecutionInputException', `Invalid State Machine Execution Input: '${input}'`, {
      cause: error,
    });
  }
}

function missing(argument: string): ReportedError {
  return new ReportedError('StepFunctions.ValidationException', `states:startExecution needs the argument ${argument}.`);
}
