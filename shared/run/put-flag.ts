import { FlagOwnedError, FlagRevisionError } from '../errors/run-errors.ts';
import type { Item, Store } from '../ports/store.ts';
import { type FlagDocument, type FlagState, readFlag } from './flag-state.ts';
import { create, flushEvent, type JournalDeps, transition } from './journal.ts';
import { flagKey } from './keys.ts';
import { readAll } from './read-all.ts';
import { commandFlag, createFlag } from './writes.ts';

const PAGE = 500;

export interface FlagChange {
  readonly environment: string;
  readonly key: string;
  readonly document: FlagDocument;
  readonly actor: string;
  readonly reason: string;
  /** The revision that the person saw; 0: there was no flag. Absent: whatever is there. */
  readonly ifRev?: number | undefined;
}

/** Writes a flag as a person wants it. Refused while a run shifts it: the run would take back, or be judged by, what it did not do. */
export async function putFlag(deps: JournalDeps, change: FlagChange): Promise<FlagState> {
  const key = flagKey(change.environment, change.key);
  const item = await deps.store.read(key);
  const found = item && readFlag(item);
  requireRev(change, found?.rev ?? 0);
  requireFree(change, found);
  const { environment, document, reason } = change;
  const draft = { type: 'flagPut', actor: change.actor, data: { document, reason } } as const;
  const set = { document };
  const listed = { environment, key: change.key, listing: listingOf(environment), listingSort: change.key };
  const result = item
    ? await transition(deps, item, draft, { set }, (all) => commandFlag(key, Number(item['rev']), all), 0)
    : await create(deps, key, draft, 0, (all) => createFlag(key, all), { ...set, ...listed });
  if (!result.applied) {
    requireFree(change, result.current && readFlag(result.current));
    throw new FlagRevisionError(`The flag ${change.key} was changed meanwhile.`, { next: `slipway flags get ${change.key}` });
  }
  await flushEvent(deps, result.item);
  return readFlag(result.item);
}

export async function loadFlag(store: Store, environment: string, key: string): Promise<FlagState | undefined> {
  const item = await store.read(flagKey(environment, key));
  return item && readFlag(item);
}

/** Every flag of an environment by its key; consistent for each flag that the index knows. */
export async function listFlags(store: Store, environment: string): Promise<readonly FlagState[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.listIndex('listing', listingOf(environment), {
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    keys.push(...page.items.map((item) => item.pk.slice(`FLAG#${environment}#`.length)));
    cursor = page.cursor;
  } while (cursor !== undefined);
  const items = await readAll(
    store,
    keys.map((key) => flagKey(environment, key)),
  );
  return items.filter((item): item is Item => item !== undefined).map(readFlag);
}

export const listingOf = (environment: string): string => `flag#${environment}`;

function requireRev({ key, ifRev }: FlagChange, rev: number): void {
  if (ifRev === undefined || ifRev === rev) return;
  const next = `slipway flags get ${key}, then repeat the change on what it is now.`;
  throw new FlagRevisionError(`The flag ${key} is at revision ${rev}, not ${ifRev}.`, { next });
}

function requireFree({ key }: FlagChange, flag: FlagState | undefined): void {
  if (flag?.owner === undefined) return;
  const next = `slipway watch ${flag.owner}, or take it back: slipway rollback ${flag.owner} -m REASON`;
  throw new FlagOwnedError(`The flag ${key} is being shifted by run ${flag.owner}.`, { next });
}
