import * as z from 'zod';
import type { JournalDeps } from '../run/journal.ts';
import { segmentKey } from '../run/keys.ts';
import { readWork, type WorkState } from '../run/work-state.ts';
import type { BatchJob } from './batch-job.ts';
import { Checksum, type ChecksumText, checksumText } from './checksum.ts';
import { FIRST_PROGRESS, readSegment, type SegmentProgress } from './segment-progress.ts';
import { sweepState } from './sweep.ts';

/** A record that is not in the target as it should be. */
const mismatch = z.object({
  key: z.record(z.string(), z.json()),
  problem: z.enum(['missing', 'different', 'collision', 'unexpected']),
  /** Each attribute that differs; an absent side is left out. */
  fields: z.record(z.string(), z.object({ expected: z.json().exactOptional(), actual: z.json().exactOptional() })),
});
export type Mismatch = z.output<typeof mismatch>;

/** What verification found. `compared`: records that should be there. */
const verification = z.object({
  compared: z.number(),
  mismatches: z.number(),
  sample: z.array(mismatch),
  expected: checksumText,
  actual: checksumText,
});
export type Verification = z.output<typeof verification>;

/**
 * `sums`: checksums of everything; `compare`: each record against the target, where sums cannot tell or do not match; `name`: which
 * records the differences are made of.
 */
const verifyProgress = z.object({
  phase: z.enum(['sums', 'compare', 'name']),
  sweep: sweepState,
  /** What the transform makes of the source, and what the target holds. */
  produced: checksumText,
  actual: checksumText,
  mismatches: z.number(),
  sample: z.array(mismatch),
  /** Sums for each part of the key space, so that a difference tells where it is. */
  expectedParts: z.array(checksumText),
  actualParts: z.array(checksumText),
  /** How many source records lead to each key of the sample. */
  seen: z.record(z.string(), z.number()),
});
export type VerifyProgress = z.output<typeof verifyProgress>;

/** How the target was found after everything was undone. */
const undoVerification = z.object({ expected: checksumText, actual: checksumText, same: z.boolean() });

const undoBatchProgress = z.object({
  round: z.number(),
  sweep: sweepState.optional(),
  actual: checksumText,
  verification: undoVerification.optional(),
});
export type UndoBatchProgress = z.output<typeof undoBatchProgress>;

/** What a component carries on while it is verified or undone. */
const batchProgress = z.object({
  verify: verifyProgress.optional(),
  verification: verification.optional(),
  undo: undoBatchProgress.optional(),
});
export type BatchProgress = z.output<typeof batchProgress>;

export const readBatchProgress = (state: WorkState): BatchProgress => batchProgress.parse(state.progress ?? {});

/** The segments of a batch as they are; those that never started count as nothing. */
export async function readSegments(
  deps: Pick<JournalDeps, 'store'>,
  job: Pick<BatchJob, 'writer' | 'component'>,
  count: number,
): Promise<SegmentProgress[]> {
  const keys = Array.from({ length: count }, (_, segment) => segmentKey(job.writer.runId, job.component.name, segment));
  const segments: SegmentProgress[] = [];
  for (let from = 0; from < keys.length; from += READ_AT_ONCE) {
    const items = await deps.store.readMany(keys.slice(from, from + READ_AT_ONCE));
    segments.push(...items.map((item) => (item ? readSegment(readWork(item)) : FIRST_PROGRESS)));
  }
  return segments;
}

const READ_AT_ONCE = 100;

/** What the segments of a batch have come to together. */
export interface BatchTotals {
  readonly records: { readonly read: number; readonly written: number; readonly quarantined: number; readonly kept: number };
  readonly unchanged: number;
  readonly writes: { readonly data: number; readonly checkpoints: number; readonly events: number };
}

export function totalsOf(segments: readonly SegmentProgress[]): BatchTotals {
  const total = (of: (one: SegmentProgress) => number): number => segments.reduce((sum, one) => sum + of(one), 0);
  return {
    records: {
      read: total((one) => one.read),
      written: total((one) => one.written),
      quarantined: total((one) => one.quarantined),
      kept: total((one) => one.kept),
    },
    unchanged: total((one) => one.unchanged),
    writes: {
      data: total((one) => one.writes.data),
      checkpoints: total((one) => one.writes.checkpoints),
      events: total((one) => one.writes.events),
    },
  };
}

export const sumOf = (segments: readonly SegmentProgress[], of: (one: SegmentProgress) => ChecksumText): ChecksumText =>
  segments.reduce((sum, one) => sum.plus(of(one)), new Checksum()).text;
