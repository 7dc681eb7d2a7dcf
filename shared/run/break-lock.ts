import { LockBusyError, LockFreeError, RunStateError } from '../errors/run-errors.ts';
import { commit } from './journal.ts';
import { componentKey, lockKey, runKey, segmentKey } from './keys.ts';
import { seizeHeldLocks } from './locks.ts';
import { readAll } from './read-all.ts';
import { changeRun, type RunDeps, superseded } from './run-access.ts';
import { hasEnded, type RunState, readRun } from './run-state.ts';
import { CLOCK_MARGIN_MS } from './steps.ts';
import { seizeItems, stopOldExecutions } from './take-over.ts';
import { type Intent, readWork } from './work-state.ts';
import { releaseLock } from './writes.ts';

export interface Breaking {
  readonly resource: string;
  /** The run that the person saw holding it. */
  readonly holder: string;
  readonly actor: string;
  readonly reason: string;
}

/**
 * Takes a lock away from the run that holds it. The run is seized first, with all that is its, so that none of its writers can
 * write again, and rests; the lock stays where an effect of it may be under way (LockBusyError). May be repeated.
 */
export async function breakLock(
  deps: RunDeps,
  { resource, holder, actor, reason }: Breaking,
): Promise<{ run: RunState | undefined }> {
  const key = lockKey(resource);
  const lock = await deps.store.read(key);
  if (lock?.['holder'] !== holder) throw free(resource, holder, lock?.['holder']);
  const item = await deps.store.read(runKey(holder));
  // A run that is at its end, or gone, has nothing under way: this is what `reconcile` would do.
  if (!item || hasEnded(readRun(item))) {
    await commit(deps, releaseLock(key, holder, Number(lock['ownerEpoch'])));
    return { run: item && readRun(item) };
  }
  const answer = await changeRun(deps, holder, { type: 'break', resource, reason }, { actor });
  if ('refused' in answer) throw new RunStateError(answer.refused, answer.next === undefined ? {} : { next: answer.next });
  const { run } = answer;
  const writer = { runId: run.id, epoch: run.epoch };
  await seizeHeldLocks(deps, writer, run.resources);
  await seizeItems(deps, run, writer);
  await stopOldExecutions(deps, run);
  const busy = await underWay(deps, run);
  if (busy !== undefined) {
    const until = new Date(busy.deadline + CLOCK_MARGIN_MS).toISOString();
    throw new LockBusyError(`An effect of run ${run.id} may be under way until ${until}; the run is seized, the lock is kept.`, {
      next: 'Break it again after that.',
    });
  }
  const released = await commit(deps, releaseLock(key, run.id, run.epoch));
  if (released.applied) return { run };
  const now = released.current?.['holder'];
  // Somebody else breaks it too, and came later: that call has the word.
  throw now === holder ? superseded(run.id, run.epoch) : free(resource, holder, now);
}

/** The last intent that is neither checkpointed nor past its deadline. */
async function underWay({ store, clock }: RunDeps, run: RunState): Promise<Intent | undefined> {
  const components = await readAll(
    store,
    run.components.map(({ name }) => componentKey(run.id, name)),
  );
  const segments = components.flatMap((item, at) =>
    Array.from({ length: item ? (readWork(item).segments ?? 0) : 0 }, (_, n) =>
      segmentKey(run.id, run.components[at]?.name ?? '', n),
    ),
  );
  const items = [...components, ...(await readAll(store, segments))];
  return items
    .flatMap((item) => (item ? (readWork(item).intent ?? []) : []))
    .filter(({ ended, began, deadline }) => !ended && began !== false && deadline + CLOCK_MARGIN_MS >= clock.now())
    .sort((a, b) => b.deadline - a.deadline)[0];
}

const free = (resource: string, holder: string, now: unknown): LockFreeError =>
  new LockFreeError(
    now === undefined ? `Nobody holds ${resource}.` : `${resource} is held by run ${String(now)}, not by ${holder}.`,
    { next: 'slipway locks list' },
  );
