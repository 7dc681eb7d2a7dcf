import type { DataRecord } from '../ports/tables.ts';
import type { Failure } from './apply-transform.ts';
import { artefactFolder, attemptOf, type BatchDeps, type BatchJob } from './batch-job.ts';
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
  progress: Pick<SegmentProgress, 'void'>,
): AsyncGenerator<Quarantined> {
  const retried = await retriedKeys(deps, job, segment, progress);
  for await (const path of deps.artefacts.list(artefactFolder(job, 'quarantine', segment))) {
    if (progress.void.includes(attemptOf(path))) continue;
    for (const row of await getLines(deps, path)) {
      const failure = row as unknown as Failure;
      if (!retried.has(textOf(failure.key))) yield { segment, ...failure };
    }
  }
}

/** As many keys as were retried with success: at most what quarantine held. */
async function retriedKeys(
  deps: Pick<BatchDeps, 'artefacts'>,
  job: Pick<BatchJob, 'writer' | 'component'>,
  segment: number,
  progress: Pick<SegmentProgress, 'void'>,
): Promise<Set<string>> {
  const keys = new Set<string>();
  for await (const path of deps.artefacts.list(artefactFolder(job, 'retried', segment))) {
    if (progress.void.includes(attemptOf(path))) continue;
    for (const row of await getLines(deps, path)) keys.add(textOf(row['key'] as DataRecord));
  }
  return keys;
}

const textOf = (key: DataRecord): string => keyText(key, Object.keys(key).sort());
