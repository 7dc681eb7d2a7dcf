import type { Clock } from '../shared/ports/clock.ts';
import { pruneExecutions } from './asl/prune-executions.ts';
import type { ExecutionStore } from './asl/store/execution-store.ts';
import type { Closing } from './closing.ts';

interface PruningOptions {
  readonly executions: ExecutionStore;
  /** Removes items whose time is over at `now`, epoch ms. */
  readonly expired: (now: number) => Promise<void>;
  readonly clock: Clock;
  /** How long an execution is kept after its end, ms. */
  readonly retention: number;
  readonly onFault: (error: unknown) => void;
}

/** After a start, `reconcile` first asks for executions that ended while there was no process; it does so every five minutes. */
const FIRST_MS = 600_000;
const EVERY_MS = 3_600_000;
const DAY_HOURS = 24;

/** Removes executions that ended long ago, and what is kept for a time, again and again. */
export function keepPruned({ executions, expired, clock, retention, onFault }: PruningOptions, closing: Closing): void {
  const stop = new AbortController();
  const pruning = (async () => {
    for (let hours = 0; ; hours += 1) {
      await clock.sleep(hours === 0 ? FIRST_MS : EVERY_MS, stop.signal).catch(() => undefined);
      if (stop.signal.aborted) return;
      await pruneExecutions(executions, clock.now() - retention).catch(onFault);
      // It looks at every item.
      if (hours % DAY_HOURS === 0) await expired(clock.now()).catch(onFault);
    }
  })();
  closing.push(async () => {
    stop.abort();
    await pruning;
  });
}
