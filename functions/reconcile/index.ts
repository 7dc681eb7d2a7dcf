import * as z from 'zod';
import { reapQueue } from '../../shared/admission/queue.ts';
import { removeClosedAlarms } from '../../shared/rollout/keep-alarms.ts';
import { reconcile } from '../../shared/run/reconcile.ts';
import { keepOpenTimers } from '../../shared/schedules/keep-timers.ts';
import { keepRevocations } from '../../shared/secrets/rotation/keep-revocations.ts';
import type { Deps } from '../deps.ts';
import { count } from '../middleware/invocation.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

/** Whatever the event says, everything that is open is looked at: events are best effort. */
async function core(_event: unknown, deps: Deps) {
  let alarmsRemoved: readonly string[] = [];
  let unqueued: readonly string[] = [];
  let revocationsBegun: readonly string[] = [];
  let timersKept: readonly string[] = [];
  // What cannot be reconciled keeps no alarm of another run, no credential, and no timer of a schedule.
  const report = await reconcile(deps).finally(async () => {
    alarmsRemoved = await removeClosedAlarms(deps);
    unqueued = await reapQueue(deps);
    revocationsBegun = await keepRevocations(deps);
    timersKept = await keepOpenTimers(deps);
  });
  await countWaiting(deps);
  return { ...report, unqueued, alarmsRemoved, revocationsBegun, timersKept };
}

/** Nothing is told of an empty queue: a metric that nobody needs would be billed. */
async function countWaiting({ store }: Deps): Promise<void> {
  const { items } = await store.listIndex('open', 'run');
  const value = items.filter(({ status }) => status === 'queued').length;
  if (value > 0) count({ name: 'slipway_queue_depth', value });
}

export const create = machineFunction({ input: z.unknown(), core });
export const handler = onAws(create);
