import type { Value } from '../../../shared/ports/store.ts';
import { StateError } from '../errors.ts';
import type { Visit } from '../visit.ts';

export type Outcome = { readonly output: Value } | { readonly failure: StateError };

export interface FanOut {
  readonly visit: Visit;
  readonly count: number;
  readonly concurrency: number;
  /** Whether the whole may go on with so many failures. */
  readonly tolerates: (failures: number) => boolean;
  readonly start: (index: number, signal: AbortSignal) => Promise<Value>;
}

/** Names this try of this stay in the state: what its children leave in the store is never taken for another's. */
export function visitId(visit: Visit): string {
  return `${visit.frame.seed.id}/${visit.record.entered}.${visit.retryCount}`;
}

/** Runs children side by side, at most `concurrency` at once. A failure beyond what is tolerated aborts the others and is thrown. */
export async function fanOut({ visit, count, concurrency, tolerates, start }: FanOut): Promise<Outcome[]> {
  const outcomes = new Array<Outcome>(count);
  const siblings = new AbortController();
  const signal = AbortSignal.any([visit.signal, siblings.signal]);
  let next = 0;
  let failures = 0;
  let fatal: { readonly error: unknown } | undefined;

  async function work(): Promise<void> {
    while (next < count && fatal === undefined) {
      const index = next++;
      try {
        outcomes[index] = { output: await start(index, signal) };
      } catch (error) {
        if (error instanceof StateError && !visit.signal.aborted) {
          failures += 1;
          outcomes[index] = { failure: error };
          if (fatal !== undefined || tolerates(failures)) continue;
        }
        fatal ??= { error };
        siblings.abort(error);
      }
    }
  }

  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, work));
  visit.signal.throwIfAborted();
  if (fatal !== undefined) throw fatal.error;
  return outcomes;
}
