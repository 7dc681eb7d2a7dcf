import type { Clock } from '../shared/ports/clock.ts';

/** Runs the work under a signal that aborts with the given one, or after `ms`; rejects then, even where the work does not listen. */
export async function within<T>(
  ms: number,
  clock: Clock,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const done = new AbortController();
  const limit = AbortSignal.any([signal, late.signal]);
  const watch = async (): Promise<never> => {
    await clock.sleep(ms, AbortSignal.any([signal, done.signal]));
    const error = new Error(`no answer within ${ms} ms`);
    late.abort(error);
    throw error;
  };
  try {
    return await Promise.race([work(limit), watch()]);
  } finally {
    done.abort();
  }
}
