/** The seeded scheduler: one pending step at a time is let go, by chance, in virtual time. Everything else follows from the seed. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  chance(probability: number): boolean;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
}

export function random(seed: number): Random {
  let state = (seed * 2654435761) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    chance: (probability) => next() < probability,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T,
  };
}

interface Pending {
  readonly at: number;
  readonly go: () => void;
}

/** Beyond any clock skew. */
/** Virtual ms in which things go wrong; then the world is calm. */
export const CHAOS_MS = 900_000;

export const STARTS_AT = 10_000;

export class Scheduler {
  /** Virtual ms. */
  now = STARTS_AT;
  steps = 0;
  readonly #random: Random;
  #pending: Pending[] = [];

  constructor(chance: Random) {
    this.#random = chance;
  }

  /** Resolves at virtual time `at` or later; among all that are due the scheduler picks by chance. */
  until(at: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pending.push({ at, go: resolve });
    return promise;
  }

  after(ms: number): Promise<void> {
    return this.until(this.now + ms);
  }

  /** Runs until nothing is pending that is due before `limit`; a finite limit is where virtual time then stands. */
  async run(limit: number, stop: () => boolean = () => false): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (stop()) return;
      const earliest = this.#pending.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
      if (earliest > limit || this.#pending.length === 0) {
        if (Number.isFinite(limit)) this.now = Math.max(this.now, limit);
        return;
      }
      this.now = Math.max(this.now, earliest);
      const due = this.#pending.filter(({ at }) => at <= this.now);
      const chosen = this.#random.pick(due);
      this.#pending = this.#pending.filter((pending) => pending !== chosen);
      this.steps += 1;
      chosen.go();
    }
  }
}
