import type { Store } from '../ports/store.ts';
import { limitsKey, queueKey } from '../run/keys.ts';
import type { Limits } from './limits.ts';
import { readQueue } from './queue-state.ts';
import { readLimits, type StoredLimits } from './stored-limits.ts';

/** The limits, and how far they are used. */
export async function limitsInForce(deps: {
  readonly store: Store;
  readonly limits: Limits;
}): Promise<StoredLimits & { readonly underWay: number; readonly waiting: number }> {
  const [queue, limits] = await deps.store.readMany([queueKey, limitsKey]);
  const { places } = readQueue(queue);
  const underWay = places.filter(({ heldSince }) => heldSince !== undefined).length;
  return { ...readLimits(limits, deps.limits), underWay, waiting: places.length - underWay };
}
