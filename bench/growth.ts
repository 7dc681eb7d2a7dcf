/** One look at the process; `at` in ms. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

export interface Growth {
  /** What the line through the samples gains from the first to the last, in their unit. */
  readonly gained: number;
  /** The least that it gains with a probability of 97.5 %. */
  readonly atLeast: number;
  readonly mean: number;
}

/** The least-squares line through the last two thirds of the samples: before, caches fill. */
export function growthOf(samples: readonly Sample[]): Growth {
  const settled = samples.slice(Math.floor(samples.length / 3));
  const count = settled.length;
  const meanAt = settled.reduce((sum, { at }) => sum + at, 0) / count;
  const mean = settled.reduce((sum, { value }) => sum + value, 0) / count;
  const spread = settled.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0);
  if (count < 3 || spread === 0) return { gained: 0, atLeast: Number.NEGATIVE_INFINITY, mean };
  const slope = settled.reduce((sum, { at, value }) => sum + (at - meanAt) * (value - mean), 0) / spread;
  const residual = settled.reduce((sum, { at, value }) => sum + (value - mean - slope * (at - meanAt)) ** 2, 0);
  const error = Math.sqrt(residual / (count - 2) / spread);
  const span = (settled.at(-1)?.at ?? 0) - (settled[0]?.at ?? 0);
  return { gained: slope * span, atLeast: (slope - 1.96 * error) * span, mean };
}

/** Grows beyond doubt, and by more than anyone may put down to a cache: a tenth, and `spare` in the samples' unit. */
export const isGrowing = ({ atLeast, mean }: Growth, spare: number): boolean => atLeast > Math.max(spare, mean / 10);
