import { systemClock } from '../adapters/embedded/system-clock.ts';
import type { Clock } from '../shared/ports/clock.ts';

/** The system's clock, which can be put forward: whoever sleeps until then or earlier wakes at once. */
export class LeapingClock implements Clock {
  readonly #sleepers = new Set<AbortController>();
  #ahead = 0;

  now(): number {
    return systemClock.now() + this.#ahead;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const until = this.now() + ms;
    for (let left = ms; left > 0; left = until - this.now()) {
      const leap = new AbortController();
      this.#sleepers.add(leap);
      try {
        await systemClock.sleep(left, signal ? AbortSignal.any([signal, leap.signal]) : leap.signal);
      } catch {
        signal?.throwIfAborted();
      } finally {
        this.#sleepers.delete(leap);
      }
    }
  }

  leap(ms: number): void {
    this.#ahead += ms;
    for (const sleeper of this.#sleepers) sleeper.abort();
  }
}
