import type { Intent } from '../run/work-state.ts';
import type { Failure } from './apply-transform.ts';
import { artefactFolder, type BatchDeps, type BatchJob, type BatchPoint, objectName } from './batch-job.ts';
import { nextBatchSize } from './batch-size.ts';
import { planWrites } from './before-images.ts';
import { putLines } from './json-lines.ts';
import { type ManifestRow, putManifest } from './manifest.ts';
import type { SegmentProgress } from './segment-progress.ts';
import type { SourceBatch, SourceReader } from './source-reader.ts';
import { tallied } from './tally.ts';
import { refusal, writeAbsent, writeBulk } from './write-batch.ts';

/** What one interval of a segment works with. */
export interface IntervalContext {
  readonly deps: BatchDeps;
  readonly job: BatchJob;
  readonly point: BatchPoint;
  readonly segment: number;
  readonly reader: SourceReader;
  /** Announced by attempts that never reached their checkpoint; what is met again is taken out. */
  readonly announced: Map<string, ManifestRow>;
}

export interface Interval {
  readonly progress: SegmentProgress;
  /** The segment ends with it. */
  readonly last: boolean;
}

/** Migrates records until so many, or so much time, make a checkpoint due. Nothing of it counts before that is written. */
export async function workInterval(
  context: IntervalContext,
  start: SegmentProgress,
  intent: Intent,
  until: number,
): Promise<Interval> {
  const { deps, job } = context;
  const failures: Failure[] = [];
  let progress = start;
  let last = false;
  for (let index = 0; index === 0 || !due(context, start, progress, until); index += 1) {
    const whole = job.component.checkpoint.records;
    const left = whole - (progress.read - start.read);
    const size = share(left, progress.batchSize);
    const batch = await context.reader.next(size, share(left - size || whole, progress.batchSize));
    progress = await migrate(context, progress, batch, { intent, index, failures });
    last = batch.cursor === undefined;
    if (last) break;
  }
  if (failures.length > 0) {
    const folder = artefactFolder(job, 'quarantine', context.segment);
    await putLines(deps, folder + objectName(intent.step, intent.attempt, 0), failures);
  }
  const ahead = context.announced.size === 0 ? [] : progress.ahead;
  return { progress: { ...progress, intervals: intent.step + 1, ahead, failures: 0 }, last };
}

/** An even part of the records that are left until the checkpoint. */
const share = (left: number, batchSize: number): number => Math.ceil(left / Math.ceil(left / batchSize));

const due = ({ deps, job }: IntervalContext, start: SegmentProgress, now: SegmentProgress, until: number): boolean =>
  now.read - start.read >= job.component.checkpoint.records || deps.clock.now() >= until;

async function migrate(
  context: IntervalContext,
  progress: SegmentProgress,
  batch: SourceBatch,
  at: { readonly intent: Intent; readonly index: number; readonly failures: Failure[] },
): Promise<SegmentProgress> {
  const { deps, job, point, segment } = context;
  const { step, attempt, deadline } = at.intent;
  const name = objectName(step, attempt, at.index);
  const plan = await planWrites(deps, point, batch.produced, context.announced);
  await putManifest(deps, job, segment, name, plan.announce);
  const started = deps.clock.now();
  const result = await (point.live ? writeAbsent : writeBulk)(deps, point, plan.put, deadline);
  const ms = deps.clock.now() - started;
  const kept = [...plan.kept, ...result.kept];
  if (kept.length > 0)
    await putLines(
      deps,
      artefactFolder(job, 'kept', segment) + name,
      kept.map(({ key }) => ({ key })),
    );
  at.failures.push(...batch.failures, ...result.refused.map(refusal));
  for (const { keyText } of batch.produced) context.announced.delete(keyText);
  const batchSize = nextBatchSize(
    progress.batchSize,
    { records: batch.read, ms, throttled: result.throttled },
    job.component.interval,
  );
  return { ...tallied(progress, batch, plan, result), batchSize };
}
