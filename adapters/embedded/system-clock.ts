import type { Clock } from '../../shared/ports/clock.ts';

/** Timers hold at most 2^31 - 1 ms; longer sleeps take several. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The machine's own clock. A sleep keeps the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    signal?.throwIfAborted();
    for (let left = ms; left > 0; left -= LONGEST_TIMER) await pause(Math.min(left, LONGEST_TIMER), signal);
  },
};

/** As `timers/promises` has it, but that it rejects with the signal's own reason and makes no error of its own: every call has its deadline. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
}
