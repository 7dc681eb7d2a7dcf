import { SlipwayError } from '../errors/slipway-error.ts';
import { StoreUnansweredError } from '../errors/store-errors.ts';
import type { Value } from '../ports/store.ts';
import { segmentKey } from '../run/keys.ts';
import { CLOCK_MARGIN_MS, type Slice, type SliceOutcome, standsUntil } from '../run/steps.ts';
import { changeWork, loadWork, settleWork, type Work } from '../run/work-access.ts';
import type { Intent } from '../run/work-state.ts';
import { codeOf, messageOf } from '../run/work-steps.ts';
import type { BatchDeps, BatchJob, BatchPoint } from './batch-job.ts';
import { NO_RECORDS } from './checksum.ts';
import { intervalTime, retryDelay } from './interval-time.ts';
import { listManifests } from './manifest.ts';
import { readSegment, type UndoProgress } from './segment-progress.ts';
import { type UndoContext, undoManifest } from './undo-interval.ts';

interface Context extends UndoContext {
  readonly slice: Slice;
  /** From the last manifest to the first. */
  readonly manifests: readonly string[];
  readonly round: number;
}

interface Advance {
  readonly work: Work;
  readonly end?: SliceOutcome;
  readonly until?: number;
}

/**
 * Takes back what a segment wrote, from its last manifest to its first, until it is done or the slice is used up. The protocol is
 * that of the way forward, but no gate stops it. `round`: each one goes through all manifests again.
 */
export async function undoSegment(
  deps: BatchDeps,
  job: BatchJob,
  target: { readonly point: BatchPoint; readonly segment: number; readonly round: number },
  slice: Slice,
): Promise<SliceOutcome> {
  const { point, segment, round } = target;
  const found = await loadWork(deps, job.writer, segmentKey(job.writer.runId, job.component.name, segment));
  if (!found || found.state.status === 'open') return { outcome: 'done' };
  const { intent } = found.state;
  const until = standsUntil(deps, intent, slice);
  if (until !== undefined) return { outcome: 'wait', until };
  const undo = undoOf(found, round);
  if (undo.done) return { outcome: 'done' };
  const manifests = (await listManifests(deps, job, segment)).toReversed();
  const context = { deps, job, point, segment, slice, manifests, round };
  let at = await intend(context, found, undo, intent?.back ? intent.attempt + 1 : 1);
  try {
    while (!at.end) at = await advance(context, at);
    return at.end;
  } finally {
    await settleWork(deps, at.work);
  }
}

const firstUndo = (round: number): UndoProgress => ({
  round,
  done: false,
  rows: 0,
  restored: 0,
  kept: 0,
  keptNow: NO_RECORDS,
  keptBefore: NO_RECORDS,
  keptKeys: [],
});

function undoOf(work: Work, round: number): UndoProgress {
  const { undo } = readSegment(work.state);
  return undo?.round === round ? undo : firstUndo(round);
}

const leftOf = (context: Context, undo: UndoProgress): readonly string[] =>
  context.manifests.filter((path) => undo.at === undefined || path < undo.at);

async function advance(context: Context, at: Advance): Promise<Advance> {
  const { work } = at;
  const { intent } = work.state;
  if (!intent || at.until === undefined) throw new Error('An undo runs under its own intent only.');
  let undo = undoOf(work, context.round);
  try {
    for (const [index, path] of leftOf(context, undo).entries()) {
      if (index > 0 && context.deps.clock.now() >= at.until) break;
      undo = await undoManifest(context, path, undo, intent, index);
    }
  } catch (error) {
    return fail(context, work, { intent, undo, error });
  }
  return checkpoint(context, work, undo);
}

async function intend(context: Context, work: Work, undo: UndoProgress, attempt: number): Promise<Advance> {
  const left = leftOf(context, undo);
  if (left.length === 0)
    return { work: await write(context, work, 'stepUndone', { ...undo, done: true }), end: { outcome: 'done' } };
  const time = intervalTime(context.job.component, context.deps.clock.now(), context.slice, true);
  if (!time) return { work, end: { outcome: 'more' } };
  const intent = intentFor(context, left.length, attempt, time.deadline);
  return { work: await write(context, work, 'stepStarted', undo, { intent }), until: time.until };
}

async function checkpoint(context: Context, work: Work, undo: UndoProgress): Promise<Advance> {
  const left = leftOf(context, undo);
  if (left.length === 0) {
    const done = await write(context, work, 'stepUndone', { ...undo, done: true });
    return { work: done, end: { outcome: 'done' } };
  }
  const time = intervalTime(context.job.component, context.deps.clock.now(), context.slice, false);
  if (!time) return { work: await write(context, work, 'stepUndone', undo), end: { outcome: 'more' } };
  const intent = intentFor(context, left.length, 1, time.deadline);
  return { work: await write(context, work, 'stepUndone', undo, { intent }), until: time.until };
}

/** What was undone before it failed stays counted; where something was, the attempts are counted anew. */
async function fail(
  context: Context,
  work: Work,
  { intent, undo, error }: { readonly intent: Intent; readonly undo: UndoProgress; readonly error: unknown },
): Promise<Advance> {
  const { deps, job } = context;
  const before = readSegment(work.state);
  const failures = undo.at === undoOf(work, context.round).at ? before.failures + 1 : 1;
  const retryable = error instanceof SlipwayError && error.retryable;
  const delay = retryable ? retryDelay(job.retry, failures, () => deps.ids.random()) : undefined;
  const failure = { code: codeOf(error), message: messageOf(error), step: intent.step };
  const answered = !(error instanceof StoreUnansweredError);
  const progress = { ...before, undo, failures: delay === undefined ? 0 : failures };
  const next = await changeWork(
    deps,
    work,
    { type: 'stepFailed', data: { ...failure, attempt: intent.attempt, back: true } },
    {
      set: {
        intent: answered ? { ...intent, ended: true } : intent,
        progress: progress as unknown as Value,
        ...(delay === undefined ? { failure } : {}),
      },
    },
  );
  if (delay === undefined) return { work: next, end: { outcome: 'failed', code: failure.code, message: failure.message } };
  const ready = deps.clock.now() + delay;
  return { work: next, end: { outcome: 'wait', until: answered ? ready : Math.max(ready, intent.deadline + CLOCK_MARGIN_MS) } };
}

/** The conditional write of an undo. Without a next intent, the present one (also of the way forward) is taken off. */
async function write(
  { deps, round }: Context,
  work: Work,
  type: 'stepStarted' | 'stepUndone',
  undo: UndoProgress,
  next?: { readonly intent: Intent },
): Promise<Work> {
  const progress = { ...readSegment(work.state), undo, ...(type === 'stepUndone' ? { failures: 0 } : {}) } as unknown as Value;
  const { restored, kept } = undo;
  const draft = { type, data: { round, restored, kept, back: true } };
  return changeWork(
    deps,
    work,
    draft,
    next ? { set: { progress, intent: next.intent } } : { set: { progress }, remove: ['intent'] },
  );
}

const intentFor = (context: Context, step: number, attempt: number, deadline: number): Intent => ({
  step,
  attempt,
  epoch: context.job.writer.epoch,
  back: true,
  by: context.slice.invocation,
  deadline,
});
