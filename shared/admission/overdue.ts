import type { Limits } from './limits.ts';
import type { Place } from './queue-state.ts';
import { turnsOf } from './turns.ts';

/** A run that waits though nothing keeps it. */
export interface Overdue {
  readonly runId: string;
  readonly environment: string;
  /** Runs that hold slots and are not under way: the slots are free but for them. */
  readonly behind: readonly string[];
}

/** Who could go in now, were the places of runs that are not under way any more given up, as they are to be. */
export function overdue(
  places: readonly Place[],
  limits: Limits,
  isUnderWay: (runId: string) => boolean,
  now: number,
): Overdue[] {
  const gone = places.filter(({ runId }) => !isUnderWay(runId)).map(({ runId }) => runId);
  const lacking = new Set(turnsOf(places, limits, now).flatMap(({ runId, lacks }) => (lacks.length > 0 ? [runId] : [])));
  const left = places.filter(({ runId }) => !gone.includes(runId));
  const environments = new Map(left.map(({ runId, environment }) => [runId, environment]));
  return turnsOf(left, limits, now)
    .filter(({ lacks }) => lacks.length === 0)
    .map(({ runId }) => ({ runId, environment: environments.get(runId) ?? '', behind: lacking.has(runId) ? gone : [] }));
}
