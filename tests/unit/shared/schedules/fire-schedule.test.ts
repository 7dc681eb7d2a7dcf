import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LockedError } from '../../../../shared/errors/run-errors.ts';
import { StoreUnansweredError } from '../../../../shared/errors/store-errors.ts';
import { scheduleKey } from '../../../../shared/run/keys.ts';
import { deleteSchedule, pauseSchedule, requireSchedule } from '../../../../shared/schedules/change-schedule.ts';
import { fireSchedule, type StartScheduled } from '../../../../shared/schedules/fire-schedule.ts';
import { HOUR, NOON, put, type ScheduleBed, scheduleBed, which } from './schedule-bed.ts';

/** Starts one run for each key, as startRun does. */
function starter() {
  const runs = new Map<string, string>();
  const start: StartScheduled = async (_, key) => {
    const runId = runs.get(key) ?? `run-${runs.size + 1}`;
    runs.set(key, runId);
    return { runId };
  };
  return { runs, start };
}

const history = (deps: ScheduleBed) => deps.published.map(({ type, data }) => ({ type, ...data }));

describe('a schedule that is due', () => {
  it('runs once for each time, however often it is delivered and at once', async () => {
    const deps = scheduleBed();
    await put(deps);
    const { runs, start } = starter();
    await Promise.all(Array.from({ length: 8 }, () => fireSchedule(deps, which, start)));
    await fireSchedule(deps, { ...which, at: NOON }, start);
    expect([...runs.keys()]).toEqual([`schedule/test/hourly/${NOON}`]);
    expect(history(deps).filter(({ type }) => type === 'scheduleRan')).toMatchObject([{ at: NOON, runId: 'run-1' }]);
    expect(await requireSchedule(deps, 'test', 'hourly')).toMatchObject({ cursor: NOON, pending: [], lastRunId: 'run-1' });
  });

  it('runs what a call that died had claimed', async () => {
    const deps = scheduleBed();
    await put(deps);
    const { runs, start } = starter();
    const died: StartScheduled = () => Promise.reject(new StoreUnansweredError('The store is gone.'));
    await expect(fireSchedule(deps, which, died)).rejects.toThrow('The store is gone.');
    expect((await requireSchedule(deps, 'test', 'hourly')).pending).toEqual([NOON]);
    expect((await fireSchedule(deps, which, start)).times).toEqual([{ at: NOON, runId: 'run-1' }]);
    expect(runs.size).toBe(1);
  });

  it('tells why a time has no run, and goes on with the next', async () => {
    const deps = scheduleBed();
    await put(deps);
    const locked: StartScheduled = () => Promise.reject(new LockedError('target:test/copy is held by run x.'));
    const { times } = await fireSchedule(deps, which, locked);
    expect(times).toEqual([{ at: NOON, skipped: 'LOCKED: target:test/copy is held by run x.' }]);
    await deps.clock.advanceTo(deps.clock.now() + HOUR);
    expect((await fireSchedule(deps, which, starter().start)).times).toMatchObject([{ at: NOON + HOUR, runId: 'run-1' }]);
  });

  it('counts a call within the minute of its time, though the clock is a little behind', async () => {
    const deps = scheduleBed();
    await put(deps, { expression: 'at(2026-11-22T12:05:00)' });
    await deps.clock.advanceTo(deps.clock.now() + 4 * 60_000 + 39_900);
    const { runs, start } = starter();
    await fireSchedule(deps, { ...which, at: NOON + 5 * 60_000 }, start);
    expect(runs.size).toBe(1);
    expect((await requireSchedule(deps, 'test', 'hourly')).status).toBe('over');
    await deps.clock.advanceTo(deps.clock.now() + 60_000);
    await fireSchedule(deps, { ...which, at: NOON + 5 * 60_000 }, start);
    expect(runs.size).toBe(1);
  });

  it('takes no word for a time that is far off', async () => {
    const deps = scheduleBed();
    await put(deps, { expression: 'cron(0 13 * * ? *)' });
    expect((await fireSchedule(deps, { ...which, at: NOON + HOUR }, starter().start)).times).toEqual([]);
  });

  it('runs nothing while it is paused, and nothing once it is deleted; its timer goes', async () => {
    const deps = scheduleBed();
    await put(deps);
    expect([...deps.scheduler.timers.keys()]).toEqual(['test/hourly']);
    await pauseSchedule(deps, { ...which, actor: 'ada', reason: '' });
    expect(deps.scheduler.timers.size).toBe(0);
    expect((await fireSchedule(deps, which, starter().start)).times).toEqual([]);
    await deleteSchedule(deps, { ...which, actor: 'ada', reason: '' });
    await deps.scheduler.put({ ...which, expression: 'rate(1 hour)', zone: 'UTC', anchor: 0, windowMinutes: 0 });
    expect((await fireSchedule(deps, which, starter().start)).times).toEqual([]);
    expect(deps.scheduler.timers.size).toBe(0);
  });

  it('catches up with as many times as it may in one call', async () => {
    const deps = scheduleBed();
    await put(deps, { catchUp: 'all', catchUpMost: 100, expression: 'rate(1 minute)' });
    await deps.clock.advanceTo(NOON + 7 * 24 * HOUR);
    const { times } = await fireSchedule(deps, which, starter().start);
    expect(times).toHaveLength(100);
    expect(times.at(-1)).toMatchObject({ at: NOON + 7 * 24 * HOUR });
  });

  it('runs every time exactly once under `all`, whatever calls come, die and race', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ minutes: fc.integer({ min: 0, max: 200 }), calls: fc.integer({ min: 0, max: 3 }), dies: fc.boolean() }),
          { maxLength: 12 },
        ),
        async (steps) => {
          const deps = scheduleBed();
          await put(deps, { catchUp: 'all', catchUpMost: 100, expression: 'rate(30 minutes)' });
          const { runs, start } = starter();
          const died: StartScheduled = async (schedule, key) => {
            await start(schedule, key);
            throw new StoreUnansweredError('The answer is lost.');
          };
          for (const { minutes, calls, dies } of steps) {
            await deps.clock.advanceTo(deps.clock.now() + minutes * 60_000);
            await Promise.allSettled(Array.from({ length: calls }, () => fireSchedule(deps, which, dies ? died : start)));
          }
          await fireSchedule(deps, which, start);
          const passed = Math.floor((deps.clock.now() - NOON) / (30 * 60_000)) + 1;
          const wanted = Array.from({ length: passed }, (_, at) => `schedule/test/hourly/${NOON + at * 30 * 60_000}`);
          expect([...runs.keys()]).toEqual(wanted);
          const ran = deps.published.filter(({ type }) => type === 'scheduleRan').map(({ data }) => data['at']);
          expect([...new Set(ran)]).toHaveLength(passed);
          expect((await deps.store.read(scheduleKey('test', 'hourly')))?.['pending']).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
