import * as z from 'zod';
import type { WorkState } from '../run/work-state.ts';
import { FIRST_BATCH } from './batch-size.ts';
import { checksumText, NO_RECORDS } from './checksum.ts';

/** What the undoing of a segment has done in its present round. */
const undoProgress = z.object({
  round: z.number(),
  /** The manifest that was undone last; they are taken from the last to the first. */
  at: z.string().optional(),
  done: z.boolean(),
  /** Rows of manifests that were looked at. */
  rows: z.number(),
  restored: z.number(),
  /** Records that the application changed since, and so were kept. */
  kept: z.number(),
  /** What keeping them adds to the target as it was, and takes from it. */
  keptNow: checksumText,
  keptBefore: checksumText,
  keptKeys: z.array(z.string()),
});
export type UndoProgress = z.output<typeof undoProgress>;

/** What the checkpoints of a segment carry on. All counts are of records. */
const segmentProgress = z.object({
  /** Intervals that reached their checkpoint: what later ones put into quarantine does not count yet. */
  intervals: z.number(),
  /** Where the scan goes on; absent at the start. */
  cursor: z.string().optional(),
  read: z.number(),
  /** Put into the target (also where the target held the very same). */
  written: z.number(),
  /** Of those written, what the target held already as it is now. */
  unchanged: z.number(),
  quarantined: z.number(),
  /** Left as the application had written it (`target: live`). */
  kept: z.number(),
  /** The records that were put, or were there. */
  sum: checksumText,
  /** What the target held under their keys before. */
  overwritten: checksumText,
  /** Records that were not put since the application's were kept. */
  keptSum: checksumText,
  /** Records that the store refused: they are in quarantine though their transform succeeds. */
  refused: checksumText,
  pages: z.number(),
  batchSize: z.number(),
  writes: z.object({ data: z.number(), checkpoints: z.number(), events: z.number() }),
  /** Attempts (`step-attempt`) that never reached their checkpoint: what they put into quarantine does not count. */
  void: z.array(z.string()),
  /** Those of them whose manifests may cover records that are yet to be migrated. */
  ahead: z.array(z.string()),
  /** Intervals that failed one after another. */
  failures: z.number(),
  undo: undoProgress.optional(),
});
export type SegmentProgress = z.output<typeof segmentProgress>;

export const FIRST_PROGRESS: SegmentProgress = {
  intervals: 0,
  read: 0,
  written: 0,
  unchanged: 0,
  quarantined: 0,
  kept: 0,
  sum: NO_RECORDS,
  overwritten: NO_RECORDS,
  keptSum: NO_RECORDS,
  refused: NO_RECORDS,
  pages: 0,
  batchSize: FIRST_BATCH,
  writes: { data: 0, checkpoints: 0, events: 0 },
  void: [],
  ahead: [],
  failures: 0,
};

export const readSegment = (state: WorkState): SegmentProgress =>
  state.progress === undefined ? FIRST_PROGRESS : segmentProgress.parse(state.progress);
