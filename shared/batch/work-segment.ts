import { SlipwayError } from '../errors/slipway-error.ts';
import { StoreThrottledError, StoreUnansweredError } from '../errors/store-errors.ts';
import type { EventType } from '../ports/events.ts';
import type { Value } from '../ports/store.ts';
import { requireWork } from '../run/component-end.ts';
import { readGate } from '../run/gate.ts';
import { segmentKey } from '../run/keys.ts';
import { outOfPatience, triedSince, waitWithin } from '../run/patience.ts';
import { CLOCK_MARGIN_MS, type Slice, type SliceOutcome, standsUntil } from '../run/steps.ts';
import { changeWork, loadWork, openWork, settleWork, type Work } from '../run/work-access.ts';
import type { Intent } from '../run/work-state.ts';
import { codeOf, messageOf } from '../run/work-steps.ts';
import { attemptName, type BatchDeps, type BatchJob, type BatchPoint, readPoint } from './batch-job.ts';
import { nextBatchSize, SMALLEST_BATCH } from './batch-size.ts';
import { type IntervalTime, intervalTime, retryDelay } from './interval-time.ts';
import { readAnnounced } from './manifest.ts';
import { FIRST_PROGRESS, readSegment, type SegmentProgress } from './segment-progress.ts';
import { SourceReader } from './source-reader.ts';
import { type Interval, type IntervalContext, workInterval } from './work-interval.ts';

interface SegmentContext {
  readonly deps: BatchDeps;
  readonly job: BatchJob;
  readonly point: BatchPoint;
  readonly segment: number;
  readonly slice: Slice;
}

/** Undefined `work`: the segment has not started. */
interface Advance {
  readonly work: Work | undefined;
  readonly end?: SliceOutcome;
  /** What the next interval works with, where this invocation has written its intent. */
  readonly interval?: IntervalContext;
  readonly until?: number;
}

/**
 * Migrates a segment until it is done or the slice is used up. One step is one checkpoint interval: its intent is written before
 * anything of it is, and the checkpoint of one interval and the intent of the next are the same write. Intervals are idempotent:
 * one that nobody checkpointed is repeated once nothing of it can be under way.
 */
export async function workSegment(deps: BatchDeps, job: BatchJob, segment: number, slice: Slice): Promise<SliceOutcome> {
  const component = await requireWork(deps, job.writer, job.component.name);
  const context = { deps, job, point: readPoint(component.state), segment, slice };
  const found = await loadWork(deps, job.writer, segmentKey(job.writer.runId, job.component.name, segment));
  let at: Advance = await takeUp(context, found);
  try {
    while (!at.end) at = await advance(context, at);
    return at.end;
  } finally {
    await at.interval?.reader.settle();
    await settleWork(deps, at.work);
  }
}

async function takeUp(context: SegmentContext, found: Work | undefined): Promise<Advance> {
  if (!found || found.state.status === 'open') return intend(context, found, 1);
  if (found.state.status === 'worked') return { work: found, end: { outcome: 'done' } };
  const { intent } = found.state;
  const until = standsUntil(context.deps, intent, context.slice);
  if (until !== undefined) return { work: found, end: { outcome: 'wait', until } };
  return intend(context, found, intent ? intent.attempt + 1 : 1);
}

async function advance(context: SegmentContext, at: Advance): Promise<Advance> {
  const { work, interval } = at;
  const intent = work?.state.intent;
  if (!work || !intent || !interval || at.until === undefined) throw new Error('An interval runs under its own intent only.');
  let done: Interval;
  try {
    done = await workInterval(interval, readSegment(work.state), intent, at.until);
  } catch (error) {
    await interval.reader.settle();
    return failInterval(context, work, intent, error);
  }
  return checkpoint(context, { work, interval }, intent, done);
}

/** The first intent of this invocation for an interval: that of a fresh one, or a repeat of one that nobody checkpointed. */
async function intend(context: SegmentContext, work: Work | undefined, attempt: number): Promise<Advance> {
  const { deps, job, point, segment } = context;
  const time = await open(context, true);
  if ('outcome' in time) return { work, end: time };
  const late = outOfPatience(deps, work, job.patienceMs);
  if (late) return giveUp(context, work, late);
  const step = work?.state.cursor ?? 0;
  const before = work ? readSegment(work.state) : FIRST_PROGRESS;
  const spent = work?.state.intent ? attemptName(step, work.state.intent.attempt) : undefined;
  const progress: SegmentProgress =
    spent === undefined ? before : { ...before, void: [...before.void, spent], ahead: [...before.ahead, spent] };
  const intent = intentFor(context, work, step, attempt, time);
  const next = await write(context, work, 'stepStarted', { step, attempt }, { intent, progress });
  // Another invocation of this epoch may have opened the segment first: then the intent is not ours.
  if (next.state.intent?.by !== context.slice.invocation) return takeUp(context, next);
  const reader = new SourceReader(deps, job, point, segment, progress.cursor);
  const announced = await readAnnounced(deps, job, segment, progress.ahead, point.target.keys);
  return { work: next, interval: { deps, job, point, segment, reader, announced }, until: time.until };
}

/** Its attempts are over. What the last one announced counts when the segment goes on, or back. */
async function giveUp(context: SegmentContext, work: Work | undefined, end: SliceOutcome): Promise<Advance> {
  const intent = work?.state.intent;
  if (end.outcome !== 'failed' || !work || !intent) return { work, end };
  const failure = { code: end.code, message: end.message, step: intent.step };
  const progress = { ...readSegment(work.state), failures: 0 };
  const set = { progress, failure };
  return { work: await write(context, work, 'stepFailed', { ...failure, attempt: intent.attempt }, set, undefined, true), end };
}

async function checkpoint(
  context: SegmentContext,
  at: { readonly work: Work; readonly interval: IntervalContext },
  intent: Intent,
  { progress, last }: Interval,
): Promise<Advance> {
  const time = last ? undefined : await open(context, false);
  const cursor = intent.step + 1;
  const going = time !== undefined && !('outcome' in time) ? time : undefined;
  const { read, written, quarantined, kept, batchSize } = progress;
  const data = { step: intent.step, read, written, quarantined, kept, batchSize };
  const set = { cursor, progress, ...(going ? { intent: intentFor(context, at.work, cursor, 1, going) } : {}) };
  const work = await write(context, at.work, 'checkpointCreated', data, last ? { ...set, status: 'worked' } : set, going);
  if (last) return { work, interval: at.interval, end: { outcome: 'done' } };
  if (going) return { work, interval: at.interval, until: going.until };
  return { work, interval: at.interval, end: time && 'outcome' in time ? time : { outcome: 'more' } };
}

/** Whatever failed has ended (only an unanswered request may not have): tell, and try again after a while where the plan allows. */
async function failInterval(context: SegmentContext, work: Work, intent: Intent, error: unknown): Promise<Advance> {
  const { deps, job, slice } = context;
  const before = readSegment(work.state);
  const size = Math.min(before.batchSize, job.component.checkpoint.records);
  // While smaller batches may still help, it is no failure yet.
  const failures = before.failures + (error instanceof StoreThrottledError && size > SMALLEST_BATCH ? 0 : 1);
  const failure = { code: codeOf(error), message: messageOf(error), step: intent.step };
  const retryable = error instanceof SlipwayError && error.retryable;
  const wanted = retryable ? retryDelay(job.retry, Math.max(1, failures), () => deps.ids.random()) : undefined;
  const delay = wanted === undefined ? undefined : waitWithin(deps, work, wanted, job.patienceMs);
  const batchSize = nextBatchSize(size, { records: 0, ms: 0, throttled: retryable }, job.component.interval);
  const answered = !(error instanceof StoreUnansweredError);
  const progress = { ...before, batchSize, failures: delay === undefined ? 0 : failures };
  const set = {
    progress,
    intent: answered ? { ...intent, ended: true } : intent,
    ...(delay === undefined ? { failure } : {}),
  };
  const next = await write(context, work, 'stepFailed', { ...failure, attempt: intent.attempt }, set, undefined, true);
  if (delay === undefined) return { work: next, end: { outcome: 'failed', code: failure.code, message: failure.message } };
  const ready = deps.clock.now() + delay;
  if (intervalTime(job.component, ready, slice, false) === undefined) {
    const until = answered ? ready : Math.max(ready, intent.deadline + CLOCK_MARGIN_MS);
    return { work: next, end: { outcome: 'wait', until } };
  }
  await deps.clock.sleep(delay);
  return intend(context, next, intent.attempt + 1);
}

/** Whether another interval may start: the gate is open, and it ends within the slice. */
async function open(context: SegmentContext, first: boolean): Promise<IntervalTime | SliceOutcome> {
  const { deps, job, slice } = context;
  const gate = await readGate(deps.store, job.writer.runId, job.environment);
  if (gate !== 'open') return { outcome: gate };
  return intervalTime(job.component, deps.clock.now(), slice, first) ?? { outcome: 'more' };
}

/** One conditional write with its event; both are counted. Without a next intent, the present one is taken off. */
async function write(
  context: SegmentContext,
  work: Work | undefined,
  type: EventType,
  data: { readonly [name: string]: Value },
  set: { readonly progress: SegmentProgress; readonly [name: string]: unknown },
  next?: IntervalTime,
  keep = false,
): Promise<Work> {
  const { deps, job, segment } = context;
  const { writes } = set.progress;
  const counted = { ...writes, checkpoints: writes.checkpoints + 1, events: writes.events + 1 };
  const all = { status: 'working', ...set, progress: { ...set.progress, writes: counted } } as { [name: string]: Value };
  const draft = { type, data };
  if (work && work.state.status !== 'open') {
    const drop = type === 'checkpointCreated' && !next && !keep;
    return changeWork(deps, work, draft, drop ? { set: all, remove: ['intent'] } : { set: all });
  }
  const key = segmentKey(job.writer.runId, job.component.name, segment);
  return openWork(deps, job.writer, key, draft, { ...all, kind: 'segment', cursor: 0, startedAt: deps.clock.now() });
}

const intentFor = (
  context: SegmentContext,
  work: Work | undefined,
  step: number,
  attempt: number,
  time: IntervalTime,
): Intent => ({
  step,
  attempt,
  epoch: context.job.writer.epoch,
  back: false,
  by: context.slice.invocation,
  since: triedSince(work, step, context.deps.clock.now()),
  deadline: time.deadline,
});
