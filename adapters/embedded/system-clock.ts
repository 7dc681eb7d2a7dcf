import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../shared/ports/clock.ts';

/** Timers hold at most 2^31 - 1 ms; longer sleeps take several. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The machine's own clock. A sleep keeps the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    signal?.throwIfAborted();
    try {
      for (let left = ms; left > 0; left -= LONGEST_TIMER) {
        await pause(Math.min(left, LONGEST_TIMER), undefined, signal ? { signal } : {});
      }
    } catch (error) {
      // The timer rejects with an AbortError of its own; the port promises the signal's reason.
      signal?.throwIfAborted();
      throw error;
    }
  },
};
