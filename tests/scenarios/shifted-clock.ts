import { systemClock } from '../../adapters/embedded/system-clock.ts';
import type { Clock } from '../../shared/ports/clock.ts';

/** The machine's clock, which a scenario can put forward; sleeps are as long as they are. */
export class ShiftedClock implements Clock {
  #by = 0;

  now(): number {
    return systemClock.now() + this.#by;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }

  forward(ms: number): void {
    this.#by += ms;
  }
}
