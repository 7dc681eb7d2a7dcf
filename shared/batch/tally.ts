import type { Failure, Produced } from './apply-transform.ts';
import type { WritePlan } from './before-images.ts';
import { Checksum, recordHash } from './checksum.ts';
import type { SegmentProgress } from './segment-progress.ts';
import type { SourceBatch } from './source-reader.ts';
import type { WriteResult } from './write-batch.ts';

/** What a segment has come to with one more batch. */
export function tallied(progress: SegmentProgress, batch: SourceBatch, plan: WritePlan, result: WriteResult): SegmentProgress {
  const { cursor: _, ...rest } = withWrites(progress, plan, result);
  return {
    ...rest,
    ...(batch.cursor === undefined ? {} : { cursor: batch.cursor }),
    read: progress.read + batch.read,
    quarantined: progress.quarantined + batch.failures.length + result.refused.length,
    pages: progress.pages + batch.pages,
  };
}

/** What a segment has come to after some of its quarantined records were tried again. */
export function talliedRetry(
  progress: SegmentProgress,
  tried: readonly Failure[],
  again: readonly Failure[],
  { plan, result }: { readonly plan: WritePlan; readonly result: WriteResult },
): SegmentProgress {
  const next = withWrites(progress, plan, result);
  const refused = new Checksum(next.refused);
  for (const { hash } of tried) if (hash !== undefined) refused.subtract(hash);
  return { ...next, quarantined: progress.quarantined - tried.length + again.length, refused: refused.text, ahead: [] };
}

function withWrites(progress: SegmentProgress, plan: WritePlan, result: WriteResult): SegmentProgress {
  const standing = [...plan.there, ...result.put];
  const kept = [...plan.kept, ...result.kept];
  const overwritten = new Checksum(progress.overwritten);
  for (const { keyText } of standing) {
    const before = plan.before.get(keyText);
    if (before !== undefined) overwritten.add(recordHash(before));
  }
  return {
    ...progress,
    written: progress.written + standing.length,
    unchanged: progress.unchanged + plan.there.length,
    kept: progress.kept + kept.length,
    sum: summed(progress.sum, standing),
    overwritten: overwritten.text,
    keptSum: summed(progress.keptSum, kept),
    refused: summed(
      progress.refused,
      result.refused.map(({ row }) => row),
    ),
    writes: { ...progress.writes, data: progress.writes.data + result.put.length },
  };
}

function summed(from: SegmentProgress['sum'], rows: readonly Produced[]): SegmentProgress['sum'] {
  const sum = new Checksum(from);
  for (const { hash } of rows) sum.add(hash);
  return sum.text;
}
