import { RunStateError } from '../errors/run-errors.ts';
import type { Value } from '../ports/store.ts';
import { requireWork } from '../run/component-end.ts';
import { segmentKey } from '../run/keys.ts';
import { type Slice, standsUntil } from '../run/steps.ts';
import { changeWork, loadWork, settleWork, type Work } from '../run/work-access.ts';
import type { Intent } from '../run/work-state.ts';
import { applyTransform, type Failure, failed, type Produced } from './apply-transform.ts';
import {
  artefactFolder,
  attemptName,
  type BatchDeps,
  type BatchJob,
  type BatchPoint,
  keyNames,
  objectName,
  readPoint,
} from './batch-job.ts';
import { planWrites } from './before-images.ts';
import { putLines } from './json-lines.ts';
import { putManifest, readAnnounced } from './manifest.ts';
import { quarantineOf } from './quarantine.ts';
import { readSegment } from './segment-progress.ts';
import { talliedRetry } from './tally.ts';
import { refusal, writeAbsent, writeBulk } from './write-batch.ts';

export type RetryOutcome =
  /** `more`: the time was up before all had been tried. */
  | { readonly outcome: 'done' | 'more'; readonly succeeded: number; readonly failed: readonly Failure[] }
  /** An attempt that nobody heard the end of may be under way until then (epoch ms); nothing was tried. */
  | { readonly outcome: 'wait'; readonly until: number };

/** Quarantined records that are tried in one step. */
const AT_ONCE = 500;
/** What a part may take, with the last of its requests, ms. */
const ROOM_MS = 8000;
/** How many failures an answer names. */
const MOST_NAMED = 100;

interface Context {
  readonly deps: BatchDeps;
  readonly job: BatchJob;
  readonly point: BatchPoint;
  readonly segment: number;
}

/**
 * Tries quarantined records again with the transform as it is now: reads each from the source, writes what comes out, and takes it
 * off quarantine. A record that is gone from the source is taken off too. The run must hold its locks. Throws RunStateError where
 * a segment is not done yet.
 */
export async function retryQuarantine(deps: BatchDeps, job: BatchJob, slice: Slice): Promise<RetryOutcome> {
  const component = await requireWork(deps, job.writer, job.component.name);
  const point = readPoint(component.state);
  const tried: Tried = { records: 0, succeeded: 0, failed: [] };
  for (let segment = 0; segment < (component.state.segments ?? 0); segment += 1) {
    const end = await retrySegment({ deps, job, point, segment }, slice, tried);
    if (typeof end === 'object' && tried.records === 0) return end;
    if (end !== 'done') return { outcome: 'more', succeeded: tried.succeeded, failed: tried.failed };
  }
  return { outcome: 'done', succeeded: tried.succeeded, failed: tried.failed };
}

/** What a call has come to. */
interface Tried {
  records: number;
  succeeded: number;
  readonly failed: Failure[];
}

type SegmentEnd = 'done' | 'more' | Extract<RetryOutcome, { outcome: 'wait' }>;

async function retrySegment(context: Context, slice: Slice, tried: Tried): Promise<SegmentEnd> {
  const { deps, job, segment } = context;
  let work = await loadWork(deps, job.writer, segmentKey(job.writer.runId, job.component.name, segment));
  if (work?.state.status !== 'worked') {
    const next = `slipway watch ${job.writer.runId}, and try again when it is done`;
    throw new RunStateError(`Segment ${segment} of ${job.component.name} is not migrated yet`, { next });
  }
  const until = standsUntil(deps, work.state.intent, slice);
  if (until !== undefined) return { outcome: 'wait', until };
  try {
    const found = quarantineOf(deps, job, segment, readSegment(work.state));
    for await (const part of inParts(found)) {
      if (deps.clock.now() + ROOM_MS > slice.until) return 'more';
      work = await intend(context, work, slice);
      const step = await retryPart(context, work, part);
      work = step.work;
      tried.records += part.length;
      tried.succeeded += part.length - step.failures.length;
      tried.failed.push(...step.failures.slice(0, MOST_NAMED - tried.failed.length));
    }
  } finally {
    await settleWork(deps, work);
  }
  return 'done';
}

async function intend(context: Context, work: Work, slice: Slice): Promise<Work> {
  const { deps, job } = context;
  const { cursor: step, intent: old } = work.state;
  const attempt = (old?.attempt ?? 0) + 1;
  const by = slice.invocation;
  const intent: Intent = { step, attempt, epoch: job.writer.epoch, back: false, by, deadline: slice.until };
  const before = readSegment(work.state);
  const spent = old ? [attemptName(step, old.attempt)] : [];
  const progress = { ...before, void: [...before.void, ...spent], ahead: [...before.ahead, ...spent] };
  const draft = { type: 'stepStarted', data: { step, attempt, retry: true } } as const;
  return changeWork(deps, work, draft, { set: { intent, progress: progress as unknown as Value } });
}

async function retryPart(context: Context, work: Work, part: readonly Failure[]): Promise<{ work: Work; failures: Failure[] }> {
  const { deps, job, point, segment } = context;
  const { intent } = work.state;
  if (!intent) throw new Error('A retry runs under its own intent only.');
  const progress = readSegment(work.state);
  const name = objectName(intent.step, intent.attempt, 0);
  const { produced, failures } = await transformAgain(context, part);
  const announced = await readAnnounced(deps, job, segment, progress.ahead, point.target.keys);
  const plan = await planWrites(deps, point, produced, announced);
  await putManifest(deps, job, segment, name, plan.announce);
  const result = await (point.live ? writeAbsent : writeBulk)(deps, point, plan.put, intent.deadline);
  failures.push(...result.refused.map(refusal));
  if (failures.length > 0) await putLines(deps, artefactFolder(job, 'quarantine', segment) + name, failures);
  const tried = part.map(({ key }) => ({ key }));
  await putLines(deps, artefactFolder(job, 'retried', segment) + name, tried);
  const next = { ...talliedRetry(progress, part, failures, { plan, result }), intervals: intent.step + 1 };
  const data = { step: intent.step, retried: part.length - failures.length, quarantined: next.quarantined };
  const set = { cursor: intent.step + 1, progress: next as unknown as Value };
  return { work: await changeWork(deps, work, { type: 'checkpointCreated', data }, { set, remove: ['intent'] }), failures };
}

async function transformAgain({ deps, job, point }: Context, part: readonly Failure[]) {
  const { table } = point.source;
  const produced: Produced[] = [];
  const failures: Failure[] = [];
  const sources = await deps.tables.get(
    table,
    part.map(({ key }) => key),
  );
  for (const result of await applyTransform(job.transform, sources, keyNames(point))) {
    if (failed(result)) failures.push(result);
    else produced.push(...result);
  }
  return { produced, failures };
}

async function* inParts(rows: AsyncIterable<Failure>): AsyncGenerator<readonly Failure[]> {
  let part: Failure[] = [];
  for await (const row of rows) {
    part.push(row);
    if (part.length < AT_ONCE) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
