import type { Clock } from '../../shared/ports/clock.ts';

/** Node's timers overflow beyond 2^31 - 1 ms, so longer waits are made of pieces. */
const longestSleep = 2 ** 31 - 1;

/** Resolves once `due()` has come; `due` may move while it waits. */
export async function sleepUntil(clock: Clock, due: () => number, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const left = due() - clock.now();
    if (left <= 0) return;
    await clock.sleep(Math.min(left, longestSleep), signal);
  }
}

export interface Limits {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Epoch ms; absent: no limit. */
  readonly due?: () => number;
  readonly expired: () => Error;
}

/** Runs work that is given up, and told so by its signal, when its time is out or the signal around it aborts. */
export async function within<T>(limits: Limits, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  limits.signal.throwIfAborted();
  const inner = new AbortController();
  const timer = new AbortController();
  const { promise: abandoned, reject } = Promise.withResolvers<never>();
  const abandon = () => {
    inner.abort(limits.signal.reason);
    reject(limits.signal.reason);
  };
  limits.signal.addEventListener('abort', abandon, { once: true });
  const racers: Promise<T>[] = [abandoned, work(inner.signal)];
  if (limits.due !== undefined) {
    racers.push(
      sleepUntil(limits.clock, limits.due, timer.signal).then(() => {
        const error = limits.expired();
        inner.abort(error);
        throw error;
      }),
    );
  }
  try {
    return await Promise.race(racers);
  } finally {
    limits.signal.removeEventListener('abort', abandon);
    timer.abort();
  }
}
