import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../shared/ports/clock.ts';

/** The machine's clock, whose sleeps keep no process alive: an application must be able to end without closing its flags. */
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
