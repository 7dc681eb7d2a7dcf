import type { Clock } from '../../shared/ports/clock.ts';

interface Sleeper {
  readonly wakeAt: number;
  readonly order: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is moved: sleepers wake in the order of their times, then of their coming. */
export class VirtualClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  #now: number;
  #order = 0;

  constructor(start = 0) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (signal?.aborted) {
      reject(signal.reason);
      return promise;
    }
    const abort = () => {
      this.#sleepers.delete(sleeper);
      reject(signal?.reason);
    };
    const sleeper: Sleeper = {
      wakeAt: this.#now + Math.max(0, ms),
      order: this.#order++,
      wake: () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      },
    };
    signal?.addEventListener('abort', abort, { once: true });
    this.#sleepers.add(sleeper);
    return promise;
  }

  /** When the next sleeper wakes; undefined: nobody sleeps. */
  nextWake(): number | undefined {
    return this.#first()?.wakeAt;
  }

  /** Moves to `time`, waking on the way whoever sleeps until then, those that fall asleep on the way included. */
  async advanceTo(time: number): Promise<void> {
    await settled();
    for (let first = this.#first(); first !== undefined && first.wakeAt <= time; first = this.#first()) {
      await this.#rouse(first);
    }
    this.#now = Math.max(this.#now, time);
  }

  /** Moves on until nobody sleeps, or `limit` (epoch ms) is reached. Waits only for promises, never for real timers or I/O. */
  async runUntilIdle(limit = Number.POSITIVE_INFINITY): Promise<void> {
    await settled();
    for (let first = this.#first(); first !== undefined && first.wakeAt <= limit; first = this.#first()) {
      await this.#rouse(first);
    }
  }

  async #rouse(sleeper: Sleeper): Promise<void> {
    this.#sleepers.delete(sleeper);
    this.#now = Math.max(this.#now, sleeper.wakeAt);
    sleeper.wake();
    await settled();
  }

  #first(): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      const earlier = first === undefined || sleeper.wakeAt < first.wakeAt;
      if (earlier || (sleeper.wakeAt === first?.wakeAt && sleeper.order < first.order)) first = sleeper;
    }
    return first;
  }
}

/** A macrotask later, every promise chain that could go on without time has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
