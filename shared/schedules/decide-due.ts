import { latestTimes, nextTimes } from './occurrences.ts';
import { type ScheduleState, timingOf } from './schedule-state.ts';

const MINUTE = 60_000;
/** A time is missed where so much more than its window has passed: a delivery that was tried again is no miss. */
const GRACE = 5 * MINUTE;

export interface Due {
  /** Times for which a run is to be started, ascending. */
  readonly run: readonly number[];
  /** The newest times that are let go by the catch-up policy, ascending. */
  readonly missed: readonly number[];
  /** Whether more were let go than are listed. */
  readonly more: boolean;
  /** From now on every time up to it is dealt with. */
  readonly cursor: number;
  /** Nothing will be due again. */
  readonly over: boolean;
}

/** How many missed times are told of. */
const TOLD = 10;

/**
 * What is due at `now` (epoch ms), and what of it is run by the catch-up policy: `skip` runs the newest time where it was not missed,
 * `once` runs the newest in any case, `all` runs the newest `catchUpMost`. Undefined: nothing is due.
 */
export function decideDue(schedule: ScheduleState, now: number): Due | undefined {
  const timing = timingOf(schedule);
  const most = schedule.catchUp === 'all' ? schedule.catchUpMost : 1;
  const { times, more } = latestTimes(timing, { after: schedule.cursor, until: now }, most + TOLD);
  const newest = times.at(-1);
  if (newest === undefined) return undefined;
  const late = newest < now - schedule.windowMinutes * MINUTE - GRACE;
  const run = schedule.catchUp === 'skip' && late ? [] : times.slice(-most);
  const missed = times.slice(0, times.length - run.length);
  return { run, missed: missed.slice(-TOLD), more: more || missed.length > TOLD, cursor: newest, over: ends(timing, newest) };
}

const ends = (timing: ReturnType<typeof timingOf>, after: number): boolean => nextTimes(timing, after, 1).length === 0;
