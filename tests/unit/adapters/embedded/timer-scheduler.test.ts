import { describe, expect, it } from 'vitest';
import { TimerScheduler } from '../../../../adapters/embedded/timer-scheduler.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import type { Clock } from '../../../../shared/ports/clock.ts';
import type { Timer } from '../../../../shared/ports/scheduler.ts';

const NOON = Date.parse('2026-11-22T12:00:00Z');

function bed(random = 0) {
  const clock = new VirtualClock(NOON + 10_000);
  const fired: [at: string, now: string][] = [];
  /** What the clock shows beyond what sleepers have slept: it was set, or the machine stood still. */
  const set = { by: 0 };
  const shown: Clock = { now: () => clock.now() + set.by, sleep: (ms, signal) => clock.sleep(ms, signal) };
  const fire = async ({ at }: { at: string }) => void fired.push([at, new Date(shown.now()).toISOString()]);
  const scheduler = new TimerScheduler({ clock: shown, ids: { random: () => random }, fire });
  const put = (over: Partial<Timer>) =>
    scheduler.put({
      environment: 'test',
      name: 'one',
      expression: 'rate(1 hour)',
      zone: 'UTC',
      anchor: NOON,
      windowMinutes: 0,
      ...over,
    });
  return { clock, fired, scheduler, put, set };
}

describe('a timer of the embedded control plane', () => {
  it('calls at each time, a rate without a start at once', async () => {
    const { clock, fired, put } = bed();
    await put({});
    await clock.advanceTo(NOON + 2 * 3_600_000);
    expect(fired).toEqual([
      ['2026-11-22T12:00:00.000Z', '2026-11-22T12:00:10.000Z'],
      ['2026-11-22T13:00:00.000Z', '2026-11-22T13:00:00.000Z'],
      ['2026-11-22T14:00:00.000Z', '2026-11-22T14:00:00.000Z'],
    ]);
  });

  it('calls somewhere in its window', async () => {
    const { clock, fired, put } = bed(0.5);
    await put({ expression: 'at(2026-11-22T13:00:00)', windowMinutes: 10 });
    await clock.advanceTo(NOON + 2 * 3_600_000);
    expect(fired).toEqual([['2026-11-22T13:00:00.000Z', '2026-11-22T13:05:00.000Z']]);
  });

  it('calls at the time that the clock shows, though the machine has slept', async () => {
    const { clock, fired, put, set } = bed();
    await put({ expression: 'at(2026-11-22T20:00:00)' });
    await clock.advanceTo(NOON + 30_000);
    set.by = 7 * 3_600_000;
    await clock.advanceTo(NOON + 3_600_000 + 30_000);
    expect(fired).toHaveLength(1);
    expect(Date.parse(fired[0]?.[1] ?? '')).toBeLessThan(NOON + 8 * 3_600_000 + 60_000);
  });

  it('calls not before its time where the clock was put back', async () => {
    const { clock, fired, put, set } = bed();
    await put({ expression: 'at(2026-11-22T12:30:00)' });
    set.by = -600_000;
    await clock.advanceTo(NOON + 40 * 60_000);
    expect(fired).toEqual([['2026-11-22T12:30:00.000Z', '2026-11-22T12:30:00.000Z']]);
  });

  it('calls once for all the times that have passed meanwhile', async () => {
    const { clock, fired, put, set } = bed();
    await put({ expression: 'rate(1 minute)' });
    await clock.advanceTo(NOON + 30_000);
    set.by = 7 * 24 * 3_600_000;
    await clock.advanceTo(NOON + 150_000);
    expect(fired.map(([at]) => at)).toEqual(['2026-11-22T12:00:00.000Z', '2026-11-22T12:01:00.000Z', '2026-11-29T12:02:00.000Z']);
  });

  it('goes when it is over, is changed or removed', async () => {
    const { clock, fired, put, scheduler } = bed();
    await put({ expression: 'at(2026-11-22T13:00:00)' });
    await put({ expression: 'at(2026-11-22T12:30:00)' });
    await put({ name: 'two', expression: 'at(2026-11-22T12:45:00)' });
    await scheduler.remove('test', 'two');
    await clock.advanceTo(NOON + 2 * 3_600_000);
    expect(fired.map(([at]) => at)).toEqual(['2026-11-22T12:30:00.000Z']);
    expect(scheduler.timers()).toEqual([]);
  });

  it('calls no more once it is closed', async () => {
    const { clock, fired, put, scheduler } = bed();
    await put({ anchor: NOON - 60_000 });
    await scheduler.close();
    await put({});
    await clock.advanceTo(NOON + 2 * 3_600_000);
    expect(fired).toEqual([]);
  });
});
