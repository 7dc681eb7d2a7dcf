/** Both ends included; null: no end on that side. */
export interface Interval {
  readonly low: number | null;
  readonly high: number | null;
}
