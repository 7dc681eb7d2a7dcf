import type { Item, Store } from '../ports/store.ts';
import { commit, type JournalDeps } from './journal.ts';
import { lockKey } from './keys.ts';
import { readAll } from './read-all.ts';
import { acquireLock, releaseLock, retakeLock, seizeLock } from './writes.ts';

export interface LockOwner {
  readonly runId: string;
  readonly epoch: number;
}

export interface Holder {
  readonly resource: string;
  readonly holder: string;
  /** Epoch ms. */
  readonly since: number;
}

export type Acquired = { readonly fences: Record<string, number> } | { readonly blocked: Holder };

/** Takes every lock in sorted order, which rules out deadlock; those taken are kept while it waits for the next. */
export async function acquireLocks(deps: JournalDeps, owner: LockOwner, resources: readonly string[]): Promise<Acquired> {
  const fences: Record<string, number> = {};
  for (const resource of [...resources].sort()) {
    const claim = { ...owner, now: deps.clock.now() };
    const result = await commit(deps, acquireLock(lockKey(resource), claim));
    const lock = result.applied ? result.item : await inherited(deps, owner, resource, result.current);
    if (!lock) return { blocked: holderOf(resource, result.applied ? undefined : result.current) };
    fences[resource] = Number(lock['fence']);
  }
  return { fences };
}

/** The run itself holds the lock already: under this epoch, or under an earlier one from which it is seized, by this attempt or another. */
async function inherited(
  deps: JournalDeps,
  owner: LockOwner,
  resource: string,
  found: Item | undefined,
): Promise<Item | undefined> {
  if (found?.['holder'] !== owner.runId) return undefined;
  if (found['ownerEpoch'] === owner.epoch) return found;
  const seized = await commit(deps, seizeLock(lockKey(resource), owner.runId, owner.epoch, undefined));
  const lock = seized.applied ? seized.item : seized.current;
  return lock?.['holder'] === owner.runId && lock['ownerEpoch'] === owner.epoch ? lock : undefined;
}

/**
 * Makes a new epoch the owner of the run's locks. A lock that the run does not hold is taken again where the run
 * has held it before (`fences`) and nobody since; `refused` names who has.
 */
export async function seizeLocks(
  deps: JournalDeps,
  owner: LockOwner,
  resources: readonly string[],
  fences: Readonly<Record<string, number>> | undefined,
): Promise<{ refused?: Holder }> {
  for (const resource of [...resources].sort()) {
    const refused = await seizeOne(deps, owner, resource, fences?.[resource]);
    if (refused) return { refused };
  }
  return {};
}

/** The locks of a run that goes on: it has kept them since it was admitted. */
export async function keepLocks(
  deps: JournalDeps,
  owner: LockOwner,
  resources: readonly string[],
  fences: Record<string, number>,
): Promise<Acquired> {
  const { refused } = await seizeLocks(deps, owner, resources, fences);
  return refused ? { blocked: refused } : { fences };
}

/** Makes a new epoch the owner of the locks that the run holds, and takes none that it has lost. */
export async function seizeHeldLocks(
  deps: JournalDeps,
  { runId, epoch }: LockOwner,
  resources: readonly string[],
): Promise<void> {
  for (const resource of [...resources].sort()) await commit(deps, seizeLock(lockKey(resource), runId, epoch, undefined));
}

async function seizeOne(
  deps: JournalDeps,
  owner: LockOwner,
  resource: string,
  fence: number | undefined,
): Promise<Holder | undefined> {
  const key = lockKey(resource);
  const seized = await commit(deps, seizeLock(key, owner.runId, owner.epoch, fence));
  if (seized.applied || owns(seized.current, owner, fence)) return undefined;
  // Never held: nothing was done under it, so there is nothing to protect.
  if (fence === undefined) return undefined;
  const retaken = await commit(deps, retakeLock(key, { ...owner, now: deps.clock.now() }, fence));
  if (retaken.applied || owns(retaken.current, owner, fence)) return undefined;
  return holderOf(resource, retaken.current);
}

export async function releaseLocks(deps: JournalDeps, owner: LockOwner, resources: readonly string[]): Promise<void> {
  for (const resource of [...resources].sort().reverse()) {
    await commit(deps, releaseLock(lockKey(resource), owner.runId, owner.epoch));
  }
}

/** Who holds any of the resources now. */
export const holders = async (store: Store, resources: readonly string[]): Promise<readonly Holder[]> =>
  holdersIn(await readAll(store, [...resources].sort().map(lockKey)));

/** Those of the locks that are held. */
export const holdersIn = (locks: readonly (Item | undefined)[]): readonly Holder[] =>
  locks.flatMap((lock) => (lock?.['holder'] === undefined ? [] : [holderOf(lock.pk.slice('LOCK#'.length), lock)]));

/** At least as new: where a later epoch of the same run has it, that writer is told so by the run itself. */
const owns = (lock: Item | undefined, owner: LockOwner, fence: number | undefined): boolean =>
  lock?.['holder'] === owner.runId &&
  Number(lock['ownerEpoch']) >= owner.epoch &&
  (fence === undefined || lock['fence'] === fence);

export const holderOf = (resource: string, lock: Item | undefined): Holder => ({
  resource,
  holder: String(lock?.['holder'] ?? lock?.['lastHolder'] ?? ''),
  since: Number(lock?.['since'] ?? 0),
});
