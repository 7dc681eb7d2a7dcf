import type { Value } from '../../../shared/ports/store.ts';
import { within } from '../deadline.ts';
import type { TaskState } from '../definition.ts';
import { StateError, TimeoutError } from '../errors.ts';
import { checkPayload } from '../payload.ts';
import { awaitCallback } from '../tasks/callback.ts';
import { type TaskLimits, taskEvents } from '../tasks/events.ts';
import { perform, type TaskWork } from '../tasks/perform.ts';
import { parseResource } from '../tasks/resource.ts';
import type { Handler } from '../visit.ts';

export const runTask: Handler<TaskState> = async (state, visit) => {
  const resource = parseResource(state.Resource);
  const token = resource.pattern === 'callback' ? (visit.memo.call?.token ?? visit.services.ids.next()) : undefined;
  const around = token === undefined ? {} : { context: { Task: { Token: token } } };
  const args = state.Arguments === undefined ? visit.input : await visit.evaluate(state.Arguments, 'Arguments', around);
  checkPayload(args, visit.name);
  if (state.Credentials !== undefined) await visit.evaluate(state.Credentials, 'Credentials');
  const limits = {
    timeoutSeconds: await visit.evaluateNumber(state.TimeoutSeconds, 'TimeoutSeconds'),
    heartbeatSeconds: await visit.evaluateNumber(state.HeartbeatSeconds, 'HeartbeatSeconds'),
  };
  const events = taskEvents(resource, visit);
  // After a crash, a submission that was acknowledged is not made again.
  if (visit.memo.call?.submitted !== true) events.begin(args, limits);
  const timeoutMs = limits.timeoutSeconds === undefined ? undefined : limits.timeoutSeconds * 1000;
  const result = await attempt({ visit, resource, args, events, timeoutMs, token }, limits);
  return visit.leave(state, result, { result });
};

async function attempt(work: TaskWork, limits: TaskLimits): Promise<Value> {
  const { visit, events, token } = work;
  const submission = { submit: (signal: AbortSignal) => perform(work, signal), submitted: events.submitted };
  try {
    const result = token === undefined ? await request(work) : await awaitCallback(visit, token, limits, submission);
    checkPayload(result, visit.name);
    events.succeeded(result);
    return result;
  } catch (error) {
    if (!visit.signal.aborted && error instanceof StateError) events.failed(error);
    throw error;
  }
}

async function request(work: TaskWork): Promise<Value> {
  const { visit, timeoutMs, resource } = work;
  const { clock } = visit.services;
  const due = visit.memo.due ?? (timeoutMs === undefined ? undefined : clock.now() + timeoutMs);
  // A function is invoked anew after a crash, with all of its time; an execution that is joined has what is left of it.
  if (due !== undefined && resource.pattern !== 'request') visit.save({ memo: { ...visit.memo, due } });
  await visit.commit();
  const limited = due === undefined ? {} : { due: () => due };
  return await within({ clock, signal: visit.signal, ...limited, expired: () => new TimeoutError(undefined) }, (signal) =>
    perform(work, signal),
  );
}
