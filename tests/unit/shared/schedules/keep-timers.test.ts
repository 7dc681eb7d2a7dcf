import { describe, expect, it } from 'vitest';
import { SchedulerError } from '../../../../shared/errors/schedule-errors.ts';
import type { Timer } from '../../../../shared/ports/scheduler.ts';
import { pauseSchedule, requireSchedule } from '../../../../shared/schedules/change-schedule.ts';
import { keepOpenTimers } from '../../../../shared/schedules/keep-timers.ts';
import { ListedTimers, put, scheduleBed, which } from './schedule-bed.ts';

describe('timers', () => {
  it('are made up for where Scheduler failed when the schedule was written', async () => {
    const deps = scheduleBed();
    const broken = new ListedTimers();
    broken.put = () => Promise.reject(new SchedulerError('Scheduler is throttled.'));
    await expect(put({ ...deps, scheduler: broken })).rejects.toThrow('throttled');
    expect(await requireSchedule(deps, 'test', 'hourly')).toMatchObject({ status: 'enabled', version: 1 });
    expect(await keepOpenTimers(deps)).toEqual(['test/hourly']);
    expect(deps.scheduler.timers.size).toBe(1);
    expect(await keepOpenTimers(deps)).toEqual([]);
  });

  it('are made for the others where Scheduler refuses one', async () => {
    const deps = scheduleBed();
    const picky = new ListedTimers();
    picky.put = () => Promise.reject(new SchedulerError('Scheduler is throttled.'));
    for (const name of ['a', 'b']) await expect(put({ ...deps, scheduler: picky }, { name })).rejects.toThrow('throttled');
    picky.put = async (timer) => {
      if (timer.name === 'a') throw new SchedulerError('It takes no such expression.');
      picky.timers.set(timer.name, timer);
    };
    await expect(keepOpenTimers({ ...deps, scheduler: picky })).rejects.toThrow('no such expression');
    expect([...picky.timers.keys()]).toEqual(['b']);
  });

  it('end as the later of two changes at once wants them', async () => {
    const deps = scheduleBed();
    let overtaken = false;
    const slow = new ListedTimers();
    slow.put = async (timer: Timer) => {
      // While the timer is made, somebody pauses the schedule, and his removal comes first.
      if (!overtaken) {
        overtaken = true;
        await pauseSchedule({ ...deps, scheduler: slow }, { ...which, actor: 'bob', reason: 'wait' });
      }
      slow.timers.set('test/hourly', timer);
    };
    await put({ ...deps, scheduler: slow });
    expect((await requireSchedule(deps, 'test', 'hourly')).status).toBe('paused');
    expect(slow.timers.size).toBe(0);
  });
});
