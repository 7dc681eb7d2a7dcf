/** One figure of a benchmark. All figures of one benchmark come from one run, so their ratios hold on any machine. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** In words; null: the row is for information. */
  readonly goal: string | null;
  readonly met: boolean | null;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

export const round = (value: number, digits: number): number => Number(value.toFixed(digits));
