import { EffectUnansweredError } from '../errors/run-errors.ts';
import { CLOCK_MARGIN_MS, type SliceOutcome, standsUntil } from './steps.ts';
import { type Advance, untilEnd } from './until-end.ts';
import { changeWork, type Work } from './work-access.ts';
import type { Intent } from './work-state.ts';
import { ambiguous, codeOf, endedBy, messageOf, type StepContext, saidToStand } from './work-steps.ts';

/** Undoes steps from the last that stands to the first, in the same way: intent, effect, checkpoint. Nothing shuts the gate to an undo. */
export async function undoSteps(context: StepContext, start: Work): Promise<SliceOutcome> {
  return untilEnd(
    context.deps,
    start,
    (work) => takeUp(context, work),
    (work) => advance(context, work),
  );
}

async function takeUp(context: StepContext, work: Work): Promise<Advance> {
  const { intent } = work.state;
  if (!intent) return { work };
  const until = standsUntil(context.deps, intent, context.slice);
  if (until !== undefined) return { work, end: { outcome: 'wait', until } };
  const stands = await effectStands(context, work, intent);
  if (stands === undefined) return ambiguous(context, work, intent.step);
  return stands ? intend(context, work, intent.step, intent.back ? intent.attempt + 1 : 1) : strike(context, work, intent.step);
}

/** Whether the effect of an unsettled intent must be undone; an idempotent one is, whether it landed or not. */
async function effectStands(context: StepContext, work: Work, intent: Intent): Promise<boolean | undefined> {
  const { effects, deps } = context;
  if (effects.effect === 'idempotent') return true;
  if (intent.began === false) return intent.back;
  if (effects.effect === 'probeable') return effects.probe(intent.step, deps.clock.now() + effects.timeoutMs);
  return saidToStand(context, work, intent);
}

/** The step does not stand (any more): count it off. */
async function strike(context: StepContext, work: Work, step: number): Promise<Advance> {
  const next = await changeWork(
    context.deps,
    work,
    { type: 'stepUndone', data: { step } },
    { set: { cursor: step, status: 'working' }, remove: ['intent'] },
  );
  return { work: next };
}

async function advance(context: StepContext, work: Work): Promise<Advance> {
  const { intent, cursor } = work.state;
  if (intent) return performUndo(context, work, intent);
  if (cursor === 0) return { work, end: { outcome: 'done' } };
  return intend(context, work, cursor - 1, 1);
}

async function intend(context: StepContext, work: Work, step: number, attempt: number): Promise<Advance> {
  if (!context.effects.undoable) return passOver(context, work, step);
  if (expires(context)) return { work, end: { outcome: 'more' } };
  const set = { intent: intentFor(context, work, step, attempt), cursor: step + 1, status: 'working' };
  return { work: await changeWork(context.deps, work, { type: 'stepStarted', data: { step, attempt, back: true } }, { set }) };
}

/** As many steps are named; the rest is counted. */
const NAMED = 100;

/** Steps that nothing can undo are named, all at once. */
async function passOver(context: StepContext, work: Work, step: number): Promise<Advance> {
  const notUndone = Array.from({ length: Math.min(step + 1, NAMED) }, (_, index) => `step ${index}`);
  if (step >= NAMED) notUndone.push(`and ${step + 1 - NAMED} more steps`);
  const next = await changeWork(
    context.deps,
    work,
    { type: 'stepUndone', data: { notUndone } },
    { set: { notUndone, cursor: 0 }, remove: ['intent'] },
  );
  return { work: next, end: { outcome: 'done' } };
}

async function performUndo(context: StepContext, work: Work, intent: Intent): Promise<Advance> {
  try {
    await context.effects.undo(intent.step, intent.deadline);
  } catch (error) {
    return failUndo(context, work, intent, error);
  }
  const cursor = intent.step;
  const goOn = cursor > 0 && !expires(context);
  const set = { cursor, ...(goOn ? { intent: intentFor(context, work, cursor - 1, 1) } : {}) };
  const next = await changeWork(
    context.deps,
    work,
    { type: 'stepUndone', data: { step: intent.step } },
    goOn ? { set } : { set, remove: ['intent'] },
  );
  if (cursor === 0) return { work: next, end: { outcome: 'done' } };
  return goOn ? { work: next } : { work: next, end: { outcome: 'more' } };
}

async function failUndo(context: StepContext, work: Work, intent: Intent, error: unknown): Promise<Advance> {
  if (error instanceof EffectUnansweredError) return { work, end: { outcome: 'wait', until: intent.deadline + CLOCK_MARGIN_MS } };
  const failure = { code: codeOf(error), message: messageOf(error), step: intent.step };
  const settled = endedBy(intent, error);
  const ended = await changeWork(
    context.deps,
    work,
    { type: 'stepFailed', data: { ...failure, attempt: intent.attempt, back: true } },
    { set: { intent: settled, failure } },
  );
  const delay = context.effects.retryAfter(error, intent.attempt);
  if (delay !== undefined) return { work: ended, end: { outcome: 'wait', until: context.deps.clock.now() + delay } };
  if (context.effects.effect === 'manual' && settled.began !== false) return ambiguous(context, ended, intent.step);
  return { work: ended, end: { outcome: 'failed', code: failure.code, message: failure.message } };
}

const expires = (context: StepContext): boolean => context.deps.clock.now() + context.effects.timeoutMs > context.slice.until;

const intentFor = (context: StepContext, work: Work, step: number, attempt: number): Intent => ({
  step,
  attempt,
  epoch: work.writer.epoch,
  back: true,
  by: context.slice.invocation,
  deadline: context.deps.clock.now() + context.effects.timeoutMs,
});
