import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../shared/ports/clock.ts';

/** The machine's clock, whose sleeps keep no process alive: whoever only polls flags can end without closing them. */
export const backgroundClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await pause(ms, undefined, { ref: false, ...(signal ? { signal } : {}) });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
