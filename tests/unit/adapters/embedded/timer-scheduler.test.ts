import { describe, expect, it } from 'vitest';
import { TimerScheduler } from '../../../../adapters/embedded/timer-scheduler.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import type { Timer } from '../../../../shared/ports/scheduler.ts';

const NOON = Date.parse('2026-11-22T12:00:00Z');

function bed(random = 0) {
  const clock = new VirtualClock(NOON + 10_000);
  const fired: [at: string, now: string][] = [];
  const fire = async ({ at }: { at: string }) => void fired.push([at, new Date(clock.now()).toISOString()]);
  const scheduler = new TimerScheduler({ clock, ids: { random: () => random }, fire });
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
  return { clock, fired, scheduler, put };
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
