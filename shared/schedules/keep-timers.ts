import type { Scheduler } from '../ports/scheduler.ts';
import { everyOpen } from '../rollout/every-open.ts';
import { commit, type JournalDeps } from '../run/journal.ts';
import { scheduleKey } from '../run/keys.ts';
import { timerKept } from '../run/writes.ts';
import { readSchedule } from './schedule-state.ts';

export interface ScheduleDeps extends JournalDeps {
  readonly scheduler: Scheduler;
}

const RIVALS = 20;

/**
 * Makes the timer what the schedule wants. The last to touch the timer ends only where the schedule is still as it was read, so of
 * two who change a schedule at once the timer of the later change stays.
 */
export async function keepTimer(deps: ScheduleDeps, environment: string, name: string): Promise<void> {
  const key = scheduleKey(environment, name);
  for (let rivals = 0; rivals < RIVALS; rivals += 1) {
    const item = await deps.store.read(key);
    if (!item) return deps.scheduler.remove(environment, name);
    const schedule = readSchedule(item);
    if (schedule.status === 'enabled') await deps.scheduler.put(schedule);
    else await deps.scheduler.remove(environment, name);
    if ((await commit(deps, timerKept(key, schedule.version))).applied) return;
  }
}

/**
 * Timers of schedules whose writer died before he had made them so. Answers their names; safe to run at any time. One that cannot be made
 * keeps no other; the first such error is thrown at the end.
 */
export async function keepOpenTimers(deps: ScheduleDeps): Promise<readonly string[]> {
  const kept: string[] = [];
  const failures: unknown[] = [];
  for await (const item of everyOpen(deps.store, 'schedule')) {
    try {
      const { environment, name } = readSchedule(item);
      await keepTimer(deps, environment, name);
      kept.push(`${environment}/${name}`);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return kept;
}
