import type { Value } from '../../../shared/ports/store.ts';
import { RuntimeError } from '../errors.ts';
import type { InvokeOptions } from '../services.ts';
import type { Visit } from '../visit.ts';
import type { TaskEvents } from './events.ts';
import { lambdaInvoke, toTaskError } from './lambda.ts';
import type { TaskResource } from './resource.ts';
import { startExecution } from './start-execution.ts';

export interface TaskWork {
  readonly visit: Visit;
  readonly resource: TaskResource;
  readonly args: Value;
  readonly events: TaskEvents;
  readonly timeoutMs: number | undefined;
  readonly token: string | undefined;
}

/** Asks the resource for its work, once. Throws a StateError where the work failed. */
export async function perform(work: TaskWork, signal: AbortSignal): Promise<Value> {
  const { visit, resource, args, timeoutMs } = work;
  const options = { signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  try {
    const asked = ask(work, options);
    if (asked !== undefined) {
      if (resource.pattern.startsWith('sync')) work.events.submitted(undefined);
      return await asked;
    }
  } catch (error) {
    throw toTaskError(error);
  }
  if (resource.service === 'states' && resource.action === 'startExecution') {
    return await startExecution(visit, args, resource.pattern, work.events, signal);
  }
  throw new RuntimeError(`The resource '${resource.arn}' of the state '${visit.name}' is not served here.`);
}

/** Asks whoever serves the resource outside the engine; undefined: nobody does. */
function ask({ visit, resource, args, token }: TaskWork, options: InvokeOptions): Promise<Value> | undefined {
  const { invoke, integrate } = visit.services;
  const integrated = integrate({
    ...options,
    execution: visit.run.execution.arn,
    stateName: visit.name,
    resource: resource.arn,
    arguments: args,
    iteration: visit.frame.seed.iteration,
    ...(token === undefined ? {} : { taskToken: token }),
  });
  if (integrated !== undefined) return integrated;
  if (resource.kind === 'function') return invoke(resource.arn, args, options);
  if (resource.service === 'lambda' && resource.action === 'invoke') return lambdaInvoke(invoke, args, options);
  return undefined;
}
