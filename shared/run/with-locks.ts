import { RunStateError } from '../errors/run-errors.ts';
import { commit, type JournalDeps } from './journal.ts';
import { lockKey } from './keys.ts';
import { type Holder, holderOf, type LockOwner, releaseLocks } from './locks.ts';
import { hasEnded, type RunState } from './run-state.ts';
import { retakeLock } from './writes.ts';

/**
 * Works under the locks of a run. One that has ended has let them go: they are taken again for as long as the work takes, where no
 * other run has held one since. Throws RunStateError. What dies in between is freed by `reconcile`.
 */
export async function withLocks<T>(deps: JournalDeps, run: RunState, work: () => Promise<T>): Promise<T> {
  if (!hasEnded(run)) return work();
  const owner = { runId: run.id, epoch: run.epoch };
  const blocked = await retake(deps, owner, run);
  if (blocked) throw refusal(run, blocked);
  try {
    return await work();
  } finally {
    await releaseLocks(deps, owner, run.resources);
  }
}

/** Who holds one of the locks, or has held it since the run did; undefined: all are taken. */
async function retake(deps: JournalDeps, owner: LockOwner, { resources, fences }: RunState): Promise<Holder | undefined> {
  const taken: string[] = [];
  for (const resource of [...resources].sort()) {
    const claim = { ...owner, now: deps.clock.now() };
    const result = await commit(deps, retakeLock(lockKey(resource), claim, fences?.[resource] ?? 0));
    if (!result.applied) {
      await releaseLocks(deps, owner, taken);
      return holderOf(resource, result.current);
    }
    taken.push(resource);
  }
  return undefined;
}

const refusal = ({ id }: RunState, { resource, holder }: Holder): RunStateError =>
  holder === id
    ? new RunStateError(`${id} has ended, and something works under its locks again, or died a moment ago.`, {
        next: 'Repeat the command in a minute.',
      })
    : new RunStateError(`${id} has ended, and run ${holder} has held ${resource} since.`, {
        next: 'Start the plan again: what is there already is not written twice.',
      });
