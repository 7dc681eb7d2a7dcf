import type { Value } from '../../shared/ports/store.ts';
import { takeCatcher } from './catch.ts';
import { sleepUntil } from './deadline.ts';
import type { State } from './definition.ts';
import { QueryEvaluationError, ReportedError, RuntimeError, StateError } from './errors.ts';
import { Frame, type FrameSeed, type Run } from './frame.ts';
import { type FrameRecord, keys } from './records.ts';
import { planRetry } from './retry.ts';
import { runChoice } from './states/choice.ts';
import { runFail } from './states/fail.ts';
import { runMap } from './states/map.ts';
import { runParallel } from './states/parallel.ts';
import { runPass } from './states/pass.ts';
import { runSucceed } from './states/succeed.ts';
import { runTask } from './states/task.ts';
import { runWait } from './states/wait.ts';
import { type Step, Visit } from './visit.ts';

/** States that compute only are written together, up to so many changes. */
const batchSize = 64;

/** Runs a sequence of states from where its record says it stands, to its output. Throws the StateError that ends it, or the abort reason. */
export async function runFrame(run: Run, seed: FrameSeed): Promise<Value> {
  const frame = new Frame(run, seed);
  if (frame.record?.ending !== undefined) return settled(frame.record.ending);
  try {
    seed.signal.throwIfAborted();
    if (frame.record === undefined) enter(run, frame, seed.processor.StartAt, seed.input);
    for (;;) {
      const step = await runState(run, frame);
      seed.signal.throwIfAborted();
      exit(run, frame, step);
      if (step.next === undefined) {
        end(run, frame, { output: step.output });
        return step.output;
      }
      enter(run, frame, step.next, step.output);
      if (run.journal.pending >= batchSize) await run.journal.commit();
    }
  } catch (error) {
    if (error instanceof StateError && !seed.signal.aborted) {
      end(run, frame, { error: error.name, ...(error.reason === undefined ? {} : { reason: error.reason }) });
    }
    throw error;
  }
}

function settled(ending: NonNullable<FrameRecord['ending']>): Value {
  if ('output' in ending) return ending.output;
  throw new ReportedError(ending.error, ending.reason);
}

function stateOf(frame: Frame, name: string): State {
  const state = frame.seed.processor.States[name];
  if (state === undefined) throw new RuntimeError(`The state machine has no state '${name}'.`);
  return state;
}

function store(run: Run, frame: Frame, record: FrameRecord): void {
  const { id, history, countsEvents } = frame.seed;
  frame.record = countsEvents ? { ...record, events: history.lastId } : record;
  run.journal.put(keys.frame(run.execution, id), frame.record as unknown as Value);
}

function enter(run: Run, frame: Frame, name: string, input: Value): void {
  const { Type } = stateOf(frame, name);
  const entered = frame.seed.history.record(`${Type}StateEntered`, frame.lastEvent, { name, input });
  frame.lastEvent = entered;
  store(run, frame, { state: name, input, entered, enteredAt: run.services.clock.now(), attempts: [], memo: {} });
}

function exit(run: Run, frame: Frame, step: Step): void {
  const name = frame.record?.state ?? '';
  const assigned = Object.entries(step.assigned);
  frame.lastEvent = frame.seed.history.record(`${stateOf(frame, name).Type}StateExited`, frame.lastEvent, {
    name,
    output: step.output,
    assignedVariables: assigned.length === 0 ? undefined : step.assigned,
  });
  for (const [variable, value] of assigned) {
    frame.variables.set(variable, value);
    run.journal.put(keys.variable(run.execution, frame.seed.id, variable), value);
  }
}

function end(run: Run, frame: Frame, ending: NonNullable<FrameRecord['ending']>): void {
  const { record } = frame;
  // The result is all that is still needed of the frame.
  if (record !== undefined) store(run, frame, { ...record, input: null, memo: {}, ending });
  frame.seed.ended?.(ending, record?.state ?? '');
}

async function runState(run: Run, frame: Frame): Promise<Step> {
  const name = frame.record?.state ?? '';
  const state = stateOf(frame, name);
  const visit = new Visit(run, frame, name, fork);
  for (;;) {
    try {
      await waitForRetry(visit);
      return await dispatch(state, visit);
    } catch (error) {
      if (visit.signal.aborted) throw visit.signal.reason;
      const failure = toFailure(error, visit);
      const handled = await handleFailure(state, failure, visit);
      if (handled !== undefined) return handled;
    }
  }
}

async function fork(run: Run, seed: FrameSeed): Promise<Value> {
  try {
    return await runFrame(run, seed);
  } finally {
    if (!seed.signal.aborted) await run.journal.commit();
  }
}

async function waitForRetry(visit: Visit): Promise<void> {
  const { retryAt } = visit.memo;
  if (retryAt === undefined) return;
  await sleepUntil(visit.services.clock, () => retryAt, visit.signal);
  visit.save({ memo: {} });
}

/** The step of a catcher; undefined: try again. Throws the failure where nothing covers it. */
async function handleFailure(state: State, failure: StateError, visit: Visit): Promise<Step | undefined> {
  if ('Retry' in state && state.Retry !== undefined) {
    const plan = planRetry(state.Retry, failure, visit.record.attempts, () => visit.services.ids.random());
    if (plan !== undefined) {
      visit.save({ attempts: [...plan.attempts], memo: { retryAt: visit.services.clock.now() + plan.delayMs } });
      await visit.commit();
      return undefined;
    }
  }
  try {
    const caught = 'Catch' in state && state.Catch !== undefined ? await takeCatcher(state.Catch, failure, visit) : undefined;
    if (caught !== undefined) return caught;
  } catch (error) {
    throw toFailure(error, visit);
  }
  if (state.Type === 'Map' || state.Type === 'Parallel') visit.event(`${state.Type}StateFailed`);
  throw failure;
}

/** Gives an evaluation error its place and its event; anything but a StateError is the engine's own fault and passes through. */
function toFailure(error: unknown, visit: Visit): StateError {
  if (!(error instanceof StateError)) throw error;
  if (!(error instanceof QueryEvaluationError)) return error;
  if (error.placed) return error;
  const { location, reason = '' } = error;
  const where = `An error occurred while executing the state '${visit.name}' (entered at the event id #${visit.record.entered}).`;
  const failure = new QueryEvaluationError(`${where} ${reason}`, location, { cause: error, placed: true });
  visit.event('EvaluationFailed', { state: visit.name, location, error: failure.name, cause: failure.reason });
  return failure;
}

function dispatch(state: State, visit: Visit): Promise<Step> {
  switch (state.Type) {
    case 'Pass':
      return runPass(state, visit);
    case 'Task':
      return runTask(state, visit);
    case 'Choice':
      return runChoice(state, visit);
    case 'Wait':
      return runWait(state, visit);
    case 'Succeed':
      return runSucceed(state, visit);
    case 'Fail':
      return runFail(state, visit);
    case 'Parallel':
      return runParallel(state, visit);
    case 'Map':
      return runMap(state, visit);
  }
}
