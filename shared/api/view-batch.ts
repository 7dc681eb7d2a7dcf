import { batchPoint } from '../batch/batch-job.ts';
import { readBatchProgress, totalsOf } from '../batch/batch-progress.ts';
import { readSegment } from '../batch/segment-progress.ts';
import type { WorkState } from '../run/work-state.ts';
import type { ComponentView } from './run-view.ts';

/** How far a batch is, from its component and those of its segments that have started. */
export function viewBatch(
  work: WorkState,
  segments: readonly WorkState[],
  now: number,
): Pick<ComponentView, 'writes'> & Partial<ComponentView> {
  const progress = segments.map(readSegment);
  const totals = totalsOf(progress);
  const point = batchPoint.safeParse(work.rollbackPoint).data;
  const { verification } = readBatchProgress(work);
  const atWork = segments.flatMap((segment, index) => (segment.status === 'working' ? [progress[index]?.batchSize ?? 0] : []));
  const checkpoints = work.rev + totals.writes.checkpoints;
  const pace = paceOf(work, segments, totals.records.read, point?.approximateRecords ?? 0, now);
  return {
    batch: {
      segments: work.segments ?? 0,
      segmentsDone: segments.filter(({ status }) => status === 'worked').length,
      records: totals.records,
      approximateRecords: point?.approximateRecords ?? 0,
      batchSize: atWork.length === 0 ? 0 : Math.round(atWork.reduce((sum, size) => sum + size, 0) / atWork.length),
      ...pace,
    },
    writes: { data: totals.writes.data, checkpoints, events: checkpoints },
    ...(verification
      ? {
          verification: {
            compared: verification.compared,
            mismatches: verification.mismatches,
            differences: verification.sample.map(({ key, problem, fields }) => ({ key, problem, fields })),
          },
        }
      : {}),
  };
}

/** Without news for so long, ms, the time since counts too: something holds it up. */
const HELD_UP_MS = 10_000;

/** Records a second up to the latest checkpoint, and what that promises for the rest. */
function paceOf(work: WorkState, segments: readonly WorkState[], read: number, expected: number, now: number) {
  const from = Math.min(...segments.flatMap(({ startedAt }) => startedAt ?? []), now);
  const news = Math.max(...segments.flatMap(({ lastEvent }) => lastEvent?.at ?? []), from);
  const working = segments.some(({ status }) => status === 'working') && work.endedAt === undefined;
  const to = working && now - news > HELD_UP_MS ? now : news;
  const recordsPerSecond = to > from ? (read * 1000) / (to - from) : 0;
  if (!working || recordsPerSecond === 0 || expected < read) return { recordsPerSecond };
  const secondsLeft = (expected - read) / recordsPerSecond - (now - to) / 1000;
  return { recordsPerSecond, secondsLeft: Math.max(0, secondsLeft) };
}
