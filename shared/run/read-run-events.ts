import type { Item, ListOptions, Store } from '../ports/store.ts';
import { runEvent, storedEventOf } from './event-chain.ts';
import { takeUntold } from './event-cursor.ts';
import { flushEvent, type JournalDeps } from './journal.ts';
import { keptCursorOf, keptToldIn } from './kept-cursor.ts';
import { eventKey, runKey } from './keys.ts';
import { type StoredEvent, storedEvent } from './run-state.ts';

/** Sort keys of events, and of nothing else, are between these. */
const EVENTS = { from: 'EVENT#', after: 'EVENT$' } as const;
/** Items whose events are read at once. */
const AT_ONCE = 10;

interface ItemNews {
  readonly events: readonly { readonly item: string; readonly rev: number; readonly at: number; readonly event: StoredEvent }[];
  /** There are others, which were not read. */
  readonly more: boolean;
}

/**
 * What has happened to a run since a cursor. Where nothing has, only its parts are read (two queries): each carries its last event.
 */
export async function readRunEvents(
  deps: JournalDeps,
  runId: string,
  { since, limit }: { readonly since?: string | undefined; readonly limit: number },
) {
  const told = await keptToldIn(deps, runId, since);
  const { pk } = runKey(runId);
  const [before, after] = await Promise.all([
    every(deps.store, pk, { before: EVENTS.from }),
    every(deps.store, pk, { from: EVENTS.after }),
  ]);
  const changed = [...before, ...after].filter((part) => (storedEventOf(part)?.rev ?? 0) > (told.get(part.sk) ?? 0));
  const news: ItemNews[] = [];
  for (let at = 0; at < changed.length; at += AT_ONCE) {
    const some = changed.slice(at, at + AT_ONCE);
    news.push(...(await Promise.all(some.map((part) => newsOf(deps, part, told.get(part.sk) ?? 0, limit + 1)))));
  }
  const taken = takeUntold(
    news.flatMap(({ events }) => events),
    told,
    limit,
  );
  return {
    events: taken.events.map(({ item, event }) => runEvent({ pk, sk: item }, event)),
    cursor: await keptCursorOf(deps, runId, taken.told, since),
    more: taken.more || news.some(({ more }) => more),
  };
}

/** The events of an item after a revision, the earliest first; its last one is put into the store where nobody has done so. */
async function newsOf(deps: JournalDeps, part: Item, rev: number, limit: number): Promise<ItemNews> {
  const last = storedEventOf(part);
  const own = `${EVENTS.from}${part.sk}#`;
  const next = last?.rev === rev + 1;
  const page = next ? undefined : await deps.store.list(part.pk, { from: eventKey(part, rev + 1).sk, limit });
  const stored = page?.items.filter(({ sk }) => sk.startsWith(own)) ?? [];
  const more = page?.cursor !== undefined && stored.length === page.items.length;
  const events = stored.map((item) => storedEvent.parse(item));
  if (last && !more && last.rev > (events.at(-1)?.rev ?? rev)) {
    await flushEvent(deps, part);
    events.push(last);
  }
  return { events: events.map((event) => ({ item: part.sk, rev: event.rev, at: event.at, event })), more };
}

async function every(store: Store, pk: string, bound: ListOptions): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list(pk, { ...bound, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return items;
}
