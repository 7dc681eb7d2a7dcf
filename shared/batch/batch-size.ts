/** Limits on the records of one batch. */
export const SMALLEST_BATCH = 25;
export const LARGEST_BATCH = 10_000;
export const FIRST_BATCH = 1000;

/** What one batch of `records` took. */
export interface BatchSample {
  readonly records: number;
  readonly ms: number;
  readonly throttled: boolean;
}

const GROWTH = 1.2;
const LOW = 0.9;
const HIGH = 0.95;
const AIM = (LOW + HIGH) / 2;

/**
 * The size of the next batch, so that one takes 90 to 95 % of `interval` (ms): it grows by at most 20 % a step, shrinks to what
 * was measured but at most by half, and halves where the store throttled.
 */
export function nextBatchSize(size: number, sample: BatchSample, interval: number): number {
  if (sample.throttled) return clamp(size / 2);
  // A part of a batch (the end of a segment) shows the rate, but says nothing of a whole one unless it took long.
  const filled = sample.records >= size / 2;
  if (sample.records === 0 || (!filled && sample.ms <= HIGH * interval)) return clamp(size);
  if (filled && sample.ms >= LOW * interval && sample.ms <= HIGH * interval) return clamp(size);
  const ideal = (sample.records / Math.max(sample.ms, 1)) * AIM * interval;
  return clamp(Math.min(Math.max(ideal, size / 2), size * GROWTH));
}

const clamp = (size: number): number => Math.min(LARGEST_BATCH, Math.max(SMALLEST_BATCH, Math.floor(size)));
