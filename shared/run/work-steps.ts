import { EffectUnansweredError } from '../errors/run-errors.ts';
import { SlipwayError } from '../errors/slipway-error.ts';
import { neverBegan } from '../errors/user-code-errors.ts';
import type { Value } from '../ports/store.ts';
import { redactText } from '../redaction/redact-text.ts';
import { askWhetherItStands } from './ask-whether-it-stands.ts';
import { type Gate, GateWatch } from './gate.ts';
import type { Change, JournalDeps } from './journal.ts';
import { outOfPatience, triedSince, waitWithin } from './patience.ts';
import { CLOCK_MARGIN_MS, type Slice, type SliceOutcome, type StepEffects, standsUntil } from './steps.ts';
import { type Advance, untilEnd } from './until-end.ts';
import { changeWork, type Work } from './work-access.ts';
import type { Intent } from './work-state.ts';

export interface StepContext {
  readonly deps: JournalDeps;
  readonly effects: StepEffects;
  readonly slice: Slice;
  readonly environment: string;
  /** How long a step may be tried without reaching its checkpoint, ms; absent: as long as it takes. */
  readonly patienceMs?: number;
  /** A person's word on whether the manual effect of a step stands, given when this epoch took over. */
  readonly stands: (step: number) => boolean | undefined;
  /** The command by which a person has the run go back once more; absent: all of it. */
  readonly again?: string;
}

/** A context with the gate that this invocation watches. */
type Watched = StepContext & { readonly gate: GateWatch };
/**
 * Carries steps out until they are done or the slice is used up: write the intent, perform the effect, write the
 * checkpoint; the checkpoint of one step and the intent of the next are the same write.
 */
export async function workSteps(given: StepContext, start: Work): Promise<SliceOutcome> {
  const context = { ...given, gate: new GateWatch(given.deps, start.writer.runId, given.environment) };
  return untilEnd(
    context.deps,
    start,
    (work) => takeUp(context, work),
    (work) => advance(context, work),
  );
}

/** Deals with an intent that this invocation did not write: waits for its end, then probes, repeats or stops. */
async function takeUp(context: Watched, work: Work): Promise<Advance> {
  const { intent } = work.state;
  if (!intent) return { work };
  const until = standsUntil(context.deps, intent, context.slice);
  if (until !== undefined) return { work, end: { outcome: 'wait', until } };
  return settleStep(context, work, intent);
}

async function settleStep(context: Watched, work: Work, intent: Intent): Promise<Advance> {
  const { effects } = context;
  if (effects.effect === 'idempotent') return intend(context, work, intent.step, intent.attempt + 1);
  const landed =
    intent.began === false
      ? false
      : effects.effect === 'probeable'
        ? await effects.probe(intent.step, context.deps.clock.now() + effects.timeoutMs)
        : saidToStand(context, work, intent);
  if (landed === undefined) return ambiguous(context, work, intent.step);
  return landed ? checkpoint(context, work, intent.step, null) : intend(context, work, intent.step, intent.attempt + 1);
}

async function advance(context: Watched, work: Work): Promise<Advance> {
  const { intent, cursor } = work.state;
  if (intent) return performStep(context, work, intent);
  if (cursor >= context.effects.count) return { work, end: { outcome: 'done' } };
  return intend(context, work, cursor, 1);
}

async function intend(context: Watched, work: Work, step: number, attempt: number): Promise<Advance> {
  const closed = shut(await context.gate.now(), context);
  if (closed) return { work, end: closed };
  const late = outOfPatience(context.deps, work, context.patienceMs);
  if (late) return giveUp(context, work, late);
  const intent = intentFor(context, work, step, attempt);
  const next = await changeWork(
    context.deps,
    work,
    { type: 'stepStarted', data: { step, attempt } },
    { set: { intent, status: 'working' } },
  );
  return { work: next };
}

/** Its attempts are over, and going back deals with the intent as it stands: it may have landed. */
async function giveUp(context: StepContext, work: Work, end: SliceOutcome): Promise<Advance> {
  const { intent } = work.state;
  if (end.outcome !== 'failed' || !intent) return { work, end };
  const failure = { code: end.code, message: end.message, step: intent.step };
  const data = { ...failure, attempt: intent.attempt };
  return { work: await changeWork(context.deps, work, { type: 'stepFailed', data }, { set: { failure } }), end };
}

async function performStep(context: Watched, work: Work, intent: Intent): Promise<Advance> {
  let output: Value;
  try {
    output = await context.effects.perform(intent.step, intent.deadline);
  } catch (error) {
    return failStep(context, work, intent, error);
  }
  return checkpoint(context, work, intent.step, output);
}

async function checkpoint(context: Watched, work: Work, step: number, output: Value): Promise<Advance> {
  const { deps, effects } = context;
  const cursor = step + 1;
  const last = cursor >= effects.count;
  const closed = last ? undefined : shut(await context.gate.now(), context);
  const set = { cursor, status: last ? 'worked' : 'working', ...(effects.count === 1 ? { outputs: output } : {}) };
  const change: Change =
    last || closed ? { set, remove: ['intent'] } : { set: { ...set, intent: intentFor(context, work, cursor, 1) } };
  const attempt = work.state.intent?.attempt ?? 1;
  const data = { step, output, ...(attempt > 1 ? { attempt } : {}) };
  const next = await changeWork(deps, work, { type: 'checkpointCreated', data }, change);
  if (last) return { work: next, end: { outcome: 'done' } };
  return closed ? { work: next, end: closed } : { work: next };
}

async function failStep(context: Watched, work: Work, intent: Intent, error: unknown): Promise<Advance> {
  const { deps, effects } = context;
  // Nobody knows whether it is under way: the intent stays as it is, and whoever comes after the deadline settles it.
  if (error instanceof EffectUnansweredError) return { work, end: { outcome: 'wait', until: intent.deadline + CLOCK_MARGIN_MS } };
  const failure = { code: codeOf(error), message: messageOf(error), step: intent.step };
  const wanted = effects.retryAfter(error, intent.attempt);
  const delay = wanted === undefined ? undefined : waitWithin(deps, work, wanted, context.patienceMs);
  const settled = endedBy(intent, error);
  const ended = await changeWork(
    deps,
    work,
    { type: 'stepFailed', data: { ...failure, attempt: intent.attempt, ...(delay === undefined ? { gaveUp: true } : {}) } },
    { set: { intent: settled, ...(delay === undefined ? { failure } : {}) } },
  );
  if (delay === undefined)
    return effects.effect === 'manual' && settled.began !== false
      ? ambiguous(context, ended, intent.step)
      : { work: ended, end: { outcome: 'failed', code: failure.code, message: failure.message } };
  // What comes after the delay, a probe or another attempt, ends within the slice or is left to the next.
  if (deps.clock.now() + delay + effects.timeoutMs > context.slice.until)
    return { work: ended, end: { outcome: 'wait', until: deps.clock.now() + delay } };
  await deps.clock.sleep(delay);
  return settleStep(context, ended, settled);
}

/** The effect's function is known to have ended, or never to have begun. */
export const endedBy = (intent: Intent, error: unknown): Intent => ({
  ...intent,
  ended: true,
  ...(neverBegan(error) ? { began: false } : {}),
});

export async function ambiguous(context: StepContext, work: Work, step: number): Promise<Advance> {
  const [, component = ''] = work.key.sk.split('#');
  const next = askWhetherItStands({ runId: work.writer.runId, component, step }, { again: context.again });
  const marked = await changeWork(
    context.deps,
    work,
    { type: 'ambiguousEffect', data: { step, next } },
    { set: { status: 'ambiguous' } },
  );
  return { work: marked, end: { outcome: 'ambiguous', step, next } };
}

/** Only of an intent of an earlier epoch: the person has not seen this one's. */
export const saidToStand = (context: StepContext, work: Work, intent: Intent): boolean | undefined =>
  intent.epoch < work.writer.epoch ? context.stands(intent.step) : undefined;

/** No new intent where the gate is shut, or where its effect could outlive the slice. */
function shut(gate: Gate, context: StepContext): SliceOutcome | undefined {
  if (gate !== 'open') return { outcome: gate };
  return context.deps.clock.now() + context.effects.timeoutMs > context.slice.until ? { outcome: 'more' } : undefined;
}

const intentFor = (context: StepContext, work: Work, step: number, attempt: number): Intent => ({
  step,
  attempt,
  epoch: work.writer.epoch,
  back: false,
  by: context.slice.invocation,
  since: triedSince(work, step, context.deps.clock.now()),
  deadline: context.deps.clock.now() + context.effects.timeoutMs,
});

export const codeOf = (error: unknown): string => (error instanceof SlipwayError ? error.code : 'UNEXPECTED');
/** Without secrets: it is stored, and shown wherever the failure is. */
export const messageOf = (error: unknown): string => redactText(error instanceof Error ? error.message : String(error));
