import type { Value } from '../ports/store.ts';
import { requireWork } from '../run/component-end.ts';
import type { Slice, SliceOutcome } from '../run/steps.ts';
import { changeWork, settleWork, type Work } from '../run/work-access.ts';
import { type BatchDeps, type BatchJob, type BatchPoint, readPoint } from './batch-job.ts';
import { readBatchProgress, readSegments, sumOf, type UndoBatchProgress } from './batch-progress.ts';
import { Checksum, NO_RECORDS, recordHash, sameChecksum } from './checksum.ts';
import { SETTLE_MS } from './prepare-batch.ts';
import { tellResourceUpdated } from './resource-updated.ts';
import type { SegmentProgress, UndoProgress } from './segment-progress.ts';
import { FIRST_SWEEP, lanesOf, sweep, swept } from './sweep.ts';
import { undoSegment } from './undo-segment.ts';

/** Segments that are undone side by side. */
const LANES = 8;

/**
 * Returns the target to what it was: every segment, then the checksum of the whole target against the recorded one. What the
 * application changed since is kept, and listed in `notUndone`. Call it again while it answers `more` or `wait`.
 */
export async function undoBatch(deps: BatchDeps, job: BatchJob, slice: Slice): Promise<SliceOutcome> {
  const work = await requireWork(deps, job.writer, job.component.name);
  if (work.state.status === 'open' || work.state.status === 'undone') return { outcome: 'done' };
  const point = readPoint(work.state);
  const undo: UndoBatchProgress = readBatchProgress(work.state).undo ?? { round: 1, actual: NO_RECORDS };
  if (undo.verification) return { outcome: 'done' };
  const outcome = undo.sweep ? undefined : await undoSegments(deps, job, point, { work, undo }, slice);
  if (outcome) return outcome;
  const segments = await readSegments(deps, job, work.state.segments ?? 0);
  if (!undo.sweep && repeats(segments)) return keep(deps, work, { ...undo, round: undo.round + 1 });
  return checkTarget(deps, job, { work, undo, point, segments }, slice);
}

/** Undefined: every segment is done with its round. */
async function undoSegments(
  deps: BatchDeps,
  job: BatchJob,
  point: BatchPoint,
  { work, undo }: { readonly work: Work; readonly undo: UndoBatchProgress },
  slice: Slice,
): Promise<SliceOutcome | undefined> {
  const waiting = Array.from({ length: work.state.segments ?? 0 }, (_, segment) => segment).values();
  const outcomes: SliceOutcome[] = [];
  const errors: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (const segment of waiting) {
      try {
        outcomes.push(await undoSegment(deps, job, { point, segment, round: undo.round }, slice));
      } catch (error) {
        errors.push(error);
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (errors.length > 0) throw errors[0];
  const first = (outcome: SliceOutcome['outcome']) => outcomes.find((one) => one.outcome === outcome);
  return first('failed') ?? first('more') ?? latest(outcomes);
}

function latest(outcomes: readonly SliceOutcome[]): SliceOutcome | undefined {
  const times = outcomes.flatMap((one) => (one.outcome === 'wait' ? [one.until] : []));
  return times.length === 0 ? undefined : { outcome: 'wait', until: Math.max(...times) };
}

/**
 * Two segments that wrote under one key undo it in the right order only by chance: the first to come finds the other's record and
 * keeps it. So while a round both restored and kept something, another one follows.
 */
function repeats(segments: readonly SegmentProgress[]): boolean {
  const rounds = undosOf(segments);
  return rounds.some(({ kept }) => kept > 0) && rounds.some(({ restored }) => restored > 0);
}

const undosOf = (segments: readonly SegmentProgress[]): UndoProgress[] => segments.flatMap(({ undo }) => undo ?? []);

async function checkTarget(deps: BatchDeps, job: BatchJob, at: Judged, slice: Slice): Promise<SliceOutcome> {
  const { work, undo, point } = at;
  const lanes = lanesOf(point.target.table, job.component.segments);
  const actual = new Checksum(undo.actual);
  const goOn = () => deps.clock.now() < slice.until - SETTLE_MS;
  const state = await sweep(
    deps.tables,
    lanes,
    undo.sweep ?? FIRST_SWEEP,
    (records) => {
      for (const record of records) actual.add(recordHash(record));
    },
    { goOn },
  );
  if (!swept(state, lanes)) return keep(deps, work, { ...undo, sweep: state, actual: actual.text });
  return judge(deps, job, { ...at, undo: { ...undo, sweep: state, actual: actual.text } });
}

interface Judged {
  readonly work: Work;
  readonly undo: UndoBatchProgress;
  readonly point: BatchPoint;
  readonly segments: readonly SegmentProgress[];
}

/**
 * Where the checksum is another, either something of this run is left, and a further round finds it; or a round found all of it
 * back, and what differs is the application's.
 */
async function judge(deps: BatchDeps, job: BatchJob, { work, undo, point, segments }: Judged): Promise<SliceOutcome> {
  const rounds = undosOf(segments);
  const keptNow = sumOf(segments, (one) => one.undo?.keptNow ?? NO_RECORDS);
  const keptBefore = sumOf(segments, (one) => one.undo?.keptBefore ?? NO_RECORDS);
  const expected = new Checksum(point.before).plus(keptNow).minus(keptBefore).text;
  const { actual } = undo;
  const same = sameChecksum(expected, actual);
  if (!same && rounds.some(({ restored }) => restored > 0)) {
    return keep(deps, work, { round: undo.round + 1, actual: NO_RECORDS });
  }
  const lost = segments.some((one) => (one.undo?.rows ?? 0) < one.written - one.unchanged);
  if (!same && lost) {
    // When they are back, everything is gone through again.
    await keep(deps, work, { round: undo.round + 1, actual: NO_RECORDS });
    const message = `Manifests of what was written to ${point.target.table} are gone: it holds ${actual.count} records, ${expected.count} were expected`;
    return { outcome: 'failed', code: 'UNDO_INCOMPLETE', message };
  }
  const kept = rounds
    .flatMap(({ keptKeys }) => keptKeys)
    .slice(0, MOST_NAMED)
    .map((key) => `${key}: the application changed it since`);
  const more = rounds.reduce((sum, round) => sum + round.kept, 0) - kept.length;
  const folder = `runs/${job.writer.runId}/${job.component.name}/undo-kept/`;
  const rest = more > 0 ? [`${more} more that the application changed: their keys are in the artefacts, under ${folder}`] : [];
  const others = `${point.target.table}: ${actual.count} records where ${expected.count} were expected; the application wrote what differs`;
  const notUndone = [...kept, ...rest, ...(same ? [] : [others])];
  const judged = await write(deps, work, { ...undo, verification: { expected, actual, same } }, notUndone);
  await tellResourceUpdated(deps, judged, point.target.table, { records: actual.count, back: true });
  return { outcome: 'done' };
}

const MOST_NAMED = 100;

async function keep(deps: BatchDeps, work: Work, undo: UndoBatchProgress): Promise<SliceOutcome> {
  await write(deps, work, undo, []);
  return { outcome: 'more' };
}

async function write(deps: BatchDeps, work: Work, undo: UndoBatchProgress, notUndone: readonly string[]): Promise<Work> {
  const progress = { ...readBatchProgress(work.state), undo } as unknown as Value;
  const data = { round: undo.round, back: true, ...(undo.verification ? { verification: undo.verification } : {}) };
  const named = notUndone.length === 0 ? {} : { notUndone };
  const next = await changeWork(deps, work, { type: 'checkpointCreated', data }, { set: { progress, ...named } });
  await settleWork(deps, next);
  return next;
}
