import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../adapters/embedded/system-clock.ts';

describe('systemClock', () => {
  it('sleeps at least as long as asked', async () => {
    const before = performance.now();
    await systemClock.sleep(15);
    expect(performance.now() - before).toBeGreaterThanOrEqual(14);
    await systemClock.sleep(0);
    await systemClock.sleep(-5);
  });

  it('rejects with the reason of the signal, at once', async () => {
    const controller = new AbortController();
    const sleeping = systemClock.sleep(2 ** 40, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    await expect(systemClock.sleep(5, controller.signal)).rejects.toThrow('enough');
  });
});
