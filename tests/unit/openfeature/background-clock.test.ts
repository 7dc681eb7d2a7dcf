import { expect, it } from 'vitest';
import { backgroundClock } from '../../../openfeature/background-clock.ts';

it('sleeps, and rejects with the reason of the signal that ends the sleep', async () => {
  const before = backgroundClock.now();
  await backgroundClock.sleep(1);
  expect(backgroundClock.now()).toBeGreaterThanOrEqual(before);
  const reason = new Error('enough');
  const controller = new AbortController();
  const sleeping = backgroundClock.sleep(60_000, controller.signal);
  controller.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  await expect(backgroundClock.sleep(1, AbortSignal.abort(reason))).rejects.toBe(reason);
});
