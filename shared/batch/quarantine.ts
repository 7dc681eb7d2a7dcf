import type { DataRecord } from '../ports/tables.ts';
import type { Failure } from './apply-transform.ts';
import { artefactFolder, attemptOf, type BatchDeps, type BatchJob, stepOf } from './batch-job.ts';
import { getLines } from './json-lines.ts';
import { keyText } from './record-key.ts';
import type { SegmentProgress } from './segment-progress.ts';

export interface Quarantined extends Failure {
  readonly segment: number;
}

/** The records that failed, segment by segment; those that a retry has migrated since are left out. */
export async function* listQuarantine(
  deps: Pick<BatchDeps, 'artefacts'>,
  job: Pick<BatchJob, 'writer' | 'component'>,
  segments: readonly SegmentProgress[],
): AsyncGenerator<Quarantined> {
  for (const [segment, progress] of segments.entries()) {
    if (progress.quarantined > 0) yield* quarantineOf(deps, job, segment, progress);
  }
}

export async function* quarantineOf(
  deps: Pick<BatchDeps, 'artefacts'>,
  job: Pick<BatchJob, 'writer' | 'component'>,
  segment: number,
  progress: Counted,
): AsyncGenerator<Quarantined> {
  const retried = await retriedKeys(deps, job, segment, progress);
  for await (const path of deps.artefacts.list(artefactFolder(job, 'quarantine', segment))) {
    if (!counts(progress, path)) continue;
    for (const row of await getLines(deps, path)) {
      const failure = row as unknown as Failure;
      // What failed again is in quarantine anew, under the attempt that tried it.
      if ((retried.get(textOf(failure.key)) ?? '') <= attemptOf(path)) yield { segment, ...failure };
    }
  }
}

/** The last attempt that tried each key again: at most as many as quarantine holds. */
async function retriedKeys(
  deps: Pick<BatchDeps, 'artefacts'>,
  job: Pick<BatchJob, 'writer' | 'component'>,
  segment: number,
  progress: Counted,
): Promise<Map<string, string>> {
  const keys = new Map<string, string>();
  for await (const path of deps.artefacts.list(artefactFolder(job, 'retried', segment))) {
    if (!counts(progress, path)) continue;
    for (const row of await getLines(deps, path)) keys.set(textOf(row['key'] as DataRecord), attemptOf(path));
  }
  return keys;
}

type Counted = Pick<SegmentProgress, 'void' | 'intervals'>;

/** Only what the attempt that reached the checkpoint has written. */
const counts = (progress: Counted, path: string): boolean =>
  stepOf(path) < progress.intervals && !progress.void.includes(attemptOf(path));

const textOf = (key: DataRecord): string => keyText(key, Object.keys(key).sort());
