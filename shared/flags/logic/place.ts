import type { Path } from '../../plan/problem.ts';

/** Where a rule stands. */
export interface Place {
  readonly path: Path;
  readonly depth: number;
  /** Lists that are gone through around it: there data is an item, not the context. */
  readonly loops: number;
  /** Evaluators that it is part of, outermost first. */
  readonly refs: readonly string[];
}

/** The place of one of the arguments. */
export const at = (place: Place, index: number): Place => ({ ...place, path: [...place.path, index] });
