import type { Clock } from '../shared/ports/clock.ts';
import { pruneExecutions } from './asl/prune-executions.ts';
import type { ExecutionStore } from './asl/store/execution-store.ts';
import type { Closing } from './closing.ts';

interface PruningOptions {
  readonly executions: ExecutionStore;
  readonly clock: Clock;
  /** How long an execution is kept after its end, ms. */
  readonly retention: number;
  readonly onFault: (error: unknown) => void;
}

/** After a start, `reconcile` first asks for executions that ended while there was no process. */
const EVERY_MS = 3_600_000;

/** Removes executions that ended long ago, again and again. */
export function keepPruned({ executions, clock, retention, onFault }: PruningOptions, closing: Closing): void {
  const stop = new AbortController();
  const pruning = (async () => {
    while (!stop.signal.aborted) {
      await clock.sleep(EVERY_MS, stop.signal).catch(() => undefined);
      if (!stop.signal.aborted) await pruneExecutions(executions, clock.now() - retention).catch(onFault);
    }
  })();
  closing.push(async () => {
    stop.abort();
    await pruning;
  });
}
