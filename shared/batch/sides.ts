import type { BatchPoint } from './batch-job.ts';
import { sumOf, type VerifyProgress } from './batch-progress.ts';
import { Checksum, sameChecksum } from './checksum.ts';
import type { SegmentProgress } from './segment-progress.ts';

/** In a live target only what this run did can be summed: each record was either put, or left to the application. */
export function sidesOf(point: BatchPoint, segments: readonly SegmentProgress[], verify: VerifyProgress) {
  const should = new Checksum(verify.produced).minus(sumOf(segments, ({ refused }) => refused));
  if (point.live) {
    const kept = sumOf(segments, ({ keptSum }) => keptSum);
    return { expected: should.text, actual: new Checksum(sumOf(segments, ({ sum }) => sum)).plus(kept).text };
  }
  const overwritten = sumOf(segments, (one) => one.overwritten);
  return { expected: should.plus(point.before).minus(overwritten).text, actual: verify.actual };
}

/** Whether the sums of both sides are the same. */
export function accountedFor(point: BatchPoint, segments: readonly SegmentProgress[], verify: VerifyProgress): boolean {
  const { expected, actual } = sidesOf(point, segments, verify);
  return sameChecksum(expected, actual);
}

/** Whether it is the source that has changed since: in a quiescent target all is there that was written. */
export function sourceChanged(point: BatchPoint, segments: readonly SegmentProgress[], verify: VerifyProgress): boolean {
  if (accountedFor(point, segments, verify)) return false;
  const written = new Checksum(sumOf(segments, ({ sum }) => sum)).plus(point.before);
  return point.live || sameChecksum(written.minus(sumOf(segments, (one) => one.overwritten)).text, verify.actual);
}
