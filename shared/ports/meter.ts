import type { Usage } from '../usage/prices.ts';
import type { Used } from '../usage/used.ts';

/** What the function's call that is under way uses for its run. */
export interface Meter {
  /**
   * What it has used since this was asked last, together with what it is about to: neither is told again. Undefined: the call works for
   * no run, or nobody counts.
   */
  take(ahead: Partial<Usage>): Used | undefined;
  /** What was taken has not been written down. */
  giveBack(used: Used): void;
}
