import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';

describe('VirtualClock', () => {
  it('stands still until it is moved', async () => {
    const clock = new VirtualClock(1_000);
    let awake = false;
    const sleeping = clock.sleep(10).then(() => {
      awake = true;
    });
    await clock.advanceTo(1_009);
    expect([clock.now(), awake]).toEqual([1_009, false]);
    await clock.advanceTo(1_010);
    await sleeping;
    expect([clock.now(), awake]).toEqual([1_010, true]);
  });

  it('wakes sleepers in the order of their times, then of their coming', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 20 }), async (times) => {
        const clock = new VirtualClock();
        const woken: [number, number][] = [];
        for (const [at, ms] of times.entries()) void clock.sleep(ms).then(() => woken.push([ms, at]));
        await clock.runUntilIdle();
        expect(woken).toEqual(
          [...times.entries()].map(([at, ms]) => [ms, at]).sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d),
        );
        expect(clock.now()).toBe(Math.max(0, ...times));
      }),
    );
  });

  it('wakes whoever falls asleep on the way', async () => {
    const clock = new VirtualClock();
    const ticks: number[] = [];
    const ticking = (async () => {
      for (let at = 0; at < 3; at++) {
        await clock.sleep(24 * 3_600_000);
        ticks.push(clock.now());
      }
    })();
    await clock.advanceTo(3 * 24 * 3_600_000);
    await ticking;
    expect(ticks).toEqual([1, 2, 3].map((day) => day * 24 * 3_600_000));
    expect(clock.nextWake()).toBeUndefined();
  });

  it('runs to a limit and no further', async () => {
    const clock = new VirtualClock();
    void clock.sleep(5);
    void clock.sleep(50);
    await clock.runUntilIdle(20);
    expect([clock.now(), clock.nextWake()]).toEqual([5, 50]);
  });

  it('rejects with the reason of the signal', async () => {
    const clock = new VirtualClock();
    const controller = new AbortController();
    const sleeping = clock.sleep(10, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    await expect(clock.sleep(10, controller.signal)).rejects.toThrow('enough');
    expect(clock.nextWake()).toBeUndefined();
  });
});
