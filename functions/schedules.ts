import type { ScheduleView } from '../shared/api/schedules.ts';
import type { Change } from '../shared/schedules/change-schedule.ts';
import { nextTimes } from '../shared/schedules/occurrences.ts';
import { type ScheduleState, timingOf } from '../shared/schedules/schedule-state.ts';
import type { Deps } from './deps.ts';
import type { Call } from './middleware/api-function.ts';

const NEXT = 5;

export function viewOf(schedule: ScheduleState, now: number, next: number = NEXT): ScheduleView {
  const { environment, name, plan, expression, zone, start, end, windowMinutes, catchUp, catchUpMost, overlap } = schedule;
  const { status, version, actor, reason, changedAt, last, cursor } = schedule;
  return {
    ...{ environment, name, plan, expression, timezone: zone, start, end, windowMinutes, catchUp, catchUpMost, overlap },
    ...{ status, rev: version, changed: { actor, reason, at: changedAt }, last },
    next: status === 'enabled' ? [...nextTimes(timingOf(schedule), Math.max(cursor, now), next)] : [],
  };
}

/** A change as a person asks for it. */
export const changeOf = (
  asked: {
    readonly name: string;
    readonly environment?: string | undefined;
    readonly reason: string;
    readonly ifRev?: number | undefined;
  },
  deps: Deps,
  { actor }: Call,
): Change => ({
  environment: asked.environment ?? deps.environment,
  name: asked.name,
  reason: asked.reason,
  ifRev: asked.ifRev,
  actor,
});
