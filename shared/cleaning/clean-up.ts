import type { Artefacts } from '../ports/artefacts.ts';
import type { Item, Store } from '../ports/store.ts';
import { everyOpen } from '../rollout/every-open.ts';
import { readFlag } from '../run/flag-state.ts';
import { flushEvent, type JournalDeps, transition } from '../run/journal.ts';
import { cleaningKey, flagKey, runKey } from '../run/keys.ts';
import { holders } from '../run/locks.ts';
import { readAll } from '../run/read-all.ts';
import { changeRun } from '../run/run-access.ts';
import { EXPIRED } from '../run/run-lifetime.ts';
import { type RunState, readRun } from '../run/run-state.ts';
import { writeCleaning } from '../run/writes.ts';
import { type RemovalTally, removeExpired } from './remove-run.ts';
import { GRACE_MS } from './retention.ts';

export interface CleaningDeps extends JournalDeps {
  readonly artefacts: Artefacts;
}

export interface Cleaning extends Readonly<RemovalTally> {
  /** Runs whose time was over: nobody sees them any more, and a later cleaning removes them. */
  readonly expired: readonly string[];
  /** Runs that are gone. */
  readonly removed: readonly string[];
  /** False: the time was up before everything was looked at; the next cleaning goes on. */
  readonly complete: boolean;
}

export interface CleaningTerms {
  /** How long a run is kept after its end, ms. */
  readonly retention: number;
  /** How long its audit trail is kept after that, ms. */
  readonly auditRetention: number;
  /** Nothing is begun after it, epoch ms. */
  readonly until: number;
}

/** A report names so many runs. */
const NAMED = 100;

/**
 * Removes what ended longer ago than the retention: first the runs that an earlier cleaning has let expire, then it lets others
 * expire. Safe at any time, twice at once too, and after a crash wherever it was. What it cannot remove keeps it from nothing else; the
 * first such error is thrown at the end.
 */
export async function cleanUp(deps: CleaningDeps, { retention, auditRetention, until }: CleaningTerms): Promise<Cleaning> {
  const tally: RemovalTally = { items: 0, bytes: 0, artefacts: 0 };
  const expired: string[] = [];
  const removed: string[] = [];
  const failures: unknown[] = [];
  const spared = (work: Promise<void>) => work.catch((error: unknown) => void failures.push(error));
  const mayGoOn = () => deps.clock.now() < until;
  for await (const item of everyOpen(deps.store, EXPIRED)) {
    if (mayGoOn()) await spared(remove({ ...deps, mayGoOn, auditRetention }, String(item['id']), tally, removed));
  }
  for await (const run of oldestFirst(deps.store, deps.clock.now() - retention)) {
    if (!mayGoOn()) break;
    await spared(expire(deps, run, deps.clock.now() - retention, expired));
  }
  const cleaning = { ...tally, expired, removed, complete: mayGoOn() };
  if (expired.length + removed.length > 0) await report(deps, cleaning);
  if (failures.length > 0) throw failures[0];
  return cleaning;
}

async function remove(
  deps: CleaningDeps & { readonly mayGoOn: () => boolean; readonly auditRetention: number },
  runId: string,
  tally: RemovalTally,
  removed: string[],
): Promise<void> {
  const item = await deps.store.read(runKey(runId));
  const run = item && readRun(item);
  if (!item || run?.expiredAt === undefined || deps.clock.now() - run.expiredAt < GRACE_MS) return;
  await flushEvent(deps, item);
  const trailUntil = run.expiredAt + deps.auditRetention;
  if (await removeExpired({ ...deps, trailUntil }, run, tally)) removed.push(runId);
}

/** Runs as the index has them, which may be of late: whether one may go is decided on the run itself. */
async function* oldestFirst(store: Store, createdBefore: number): AsyncGenerator<RunState> {
  let cursor: string | undefined;
  do {
    const page = await store.listIndex('listing', 'run', { limit: 100, ...(cursor === undefined ? {} : { cursor }) });
    for (const run of page.items.map(readRun)) {
      // Listed in the order of their ids, which is that of their creation.
      if (run.createdAt >= createdBefore) return;
      yield run;
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
}

async function expire(deps: CleaningDeps, run: RunState, endedBefore: number, expired: string[]): Promise<void> {
  if ((run.endedAt ?? run.updatedAt) >= endedBefore || (await isNeeded(deps.store, run))) return;
  const outcome = await changeRun(deps, run.id, { type: 'expire', endedBefore }, { onlyAtRev: run.rev });
  if ('run' in outcome) expired.push(run.id);
}

/** By a lock or a flag that is its own, or by whoever looks after what is open of it: alarms within a rollback window. */
async function isNeeded(store: Store, run: RunState): Promise<boolean> {
  const held = await holders(store, run.resources);
  if (held.some(({ holder }) => holder === run.id)) return true;
  const flags = await readAll(
    store,
    run.flags.map((flag) => flagKey(run.environment, flag)),
  );
  if (flags.some((flag) => flag !== undefined && readFlag(flag).owner === run.id)) return true;
  const alarms = await store.list(runKey(run.id).pk, { prefix: 'ALARMS#' });
  return alarms.items.some((item) => item['open'] !== undefined);
}

/** Of two cleanings at once one may be told of in the log alone. */
async function report(deps: CleaningDeps, { expired, removed, ...figures }: Cleaning): Promise<void> {
  const before = await deps.store.read(cleaningKey);
  const item: Item = before ?? { ...cleaningKey };
  const rev = Number(item['rev'] ?? 0);
  const data = {
    ...figures,
    expired: expired.length,
    removed: removed.length,
    expiredRuns: expired.slice(0, NAMED),
    removedRuns: removed.slice(0, NAMED),
  };
  const written = await transition(
    deps,
    item,
    { type: 'cleanedUp', data },
    { set: { last: data } },
    (change) => writeCleaning(cleaningKey, rev, change),
    0,
  );
  if (written.applied) await flushEvent(deps, written.item);
}
