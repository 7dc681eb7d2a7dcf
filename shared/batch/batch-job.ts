import * as z from 'zod';
import type { BatchComponent, Retry } from '../plan/plan.ts';
import type { Artefacts } from '../ports/artefacts.ts';
import type { RecordTransform } from '../ports/record-transform.ts';
import type { Tables } from '../ports/tables.ts';
import type { JournalDeps } from '../run/journal.ts';
import type { RunWriter } from '../run/run-access.ts';
import type { WorkState } from '../run/work-state.ts';
import type { KeyNames } from './apply-transform.ts';
import { checksumText } from './checksum.ts';

export interface BatchDeps extends JournalDeps {
  readonly tables: Tables;
  readonly artefacts: Artefacts;
}

/** One batch component of a run, as every call to it needs it. */
export interface BatchJob {
  readonly writer: RunWriter;
  readonly component: BatchComponent;
  readonly environment: string;
  readonly transform: RecordTransform;
  /** The component's own, or the plan's. */
  readonly retry: Retry;
  /** How long an interval may be tried without reaching its checkpoint, ms; absent: as long as it takes. */
  readonly patienceMs?: number;
}

/** What a batch must put back, recorded before its first write: the keys of both tables and the target as it was. */
export const batchPoint = z.object({
  source: z.object({ table: z.string(), keys: z.array(z.string()) }),
  target: z.object({ table: z.string(), keys: z.array(z.string()) }),
  /** The checksum of the whole target; `count` 0: it was empty, so nothing can be overwritten. */
  before: checksumText,
  live: z.boolean(),
  /** The source's own count, which may be hours old; for estimates only. */
  approximateRecords: z.number(),
});
export type BatchPoint = z.output<typeof batchPoint>;

export const readPoint = (state: WorkState): BatchPoint => batchPoint.parse(state.rollbackPoint);

export const keyNames = (point: BatchPoint): KeyNames => ({ source: point.source.keys, target: point.target.keys });

export type ArtefactFolder = 'manifest' | 'quarantine' | 'retried' | 'kept' | 'undo-kept';

/** Where the objects of a batch lie; those of one segment sort in the order in which they were written. */
export const artefactFolder = (job: Pick<BatchJob, 'writer' | 'component'>, folder: ArtefactFolder, segment: number): string =>
  `runs/${job.writer.runId}/${job.component.name}/${folder}/${String(segment).padStart(4, '0')}/`;

/** Names an interval's objects: the step, the attempt at it, and a number within. */
export const attemptName = (step: number, attempt: number): string => `${padded(step, 7)}-${padded(attempt, 4)}`;
export const objectName = (step: number, attempt: number, index: number): string =>
  `${attemptName(step, attempt)}-${padded(index, 5)}`;
/** The attempt that an object of an interval belongs to. */
export const attemptOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).slice(0, attemptName(0, 0).length);

export const stepOf = (path: string): number => Number.parseInt(attemptOf(path), 10);

const padded = (value: number, width: number): string => String(value).padStart(width, '0');
