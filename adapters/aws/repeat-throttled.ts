import { StoreThrottledError } from '../../shared/errors/store-errors.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import { storeFailure } from './store-failure.ts';

export interface RepeatDeps {
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'random'>;
}

/** Ceilings of the pauses, in ms: CloudWatch takes three changes of alarms a second, and a rollout may make twenty. */
const PAUSES = [250, 500, 1_000, 2_000, 4_000] as const;

/**
 * Sends a request, again after growing random pauses while it is throttled: nothing was done then. Every other failure is
 * thrown at once, as those of the store; what got no answer may have been done.
 */
export async function repeatThrottled<T>({ clock, ids }: RepeatDeps, what: string, send: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await send();
    } catch (cause) {
      const error = storeFailure(what, cause);
      const ceiling = PAUSES[attempt];
      if (!(error instanceof StoreThrottledError) || ceiling === undefined) throw error;
      await clock.sleep((ceiling * (1 + ids.random())) / 2);
    }
  }
}
