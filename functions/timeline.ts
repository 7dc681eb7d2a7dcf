import type * as z from 'zod';
import { timelineEvent, type timelinePage } from '../shared/api/timeline.ts';
import type { Item } from '../shared/ports/store.ts';
import { brokenAt, storedEventOf, toldData } from '../shared/run/event-chain.ts';
import { takeUntold } from '../shared/run/event-cursor.ts';
import { flushEvent } from '../shared/run/journal.ts';
import { keptCursorOf, keptToldIn } from '../shared/run/kept-cursor.ts';
import { listAll } from '../shared/run/list-all.ts';
import { loadRun } from '../shared/run/run-access.ts';
import { type StoredEvent, storedEvent } from '../shared/run/run-state.ts';
import type { Deps } from './deps.ts';

interface Entry {
  readonly item: string;
  readonly event: StoredEvent;
}

/**
 * A run's events by time. They are stored by item, each item's in a chain of hashes, so all are read: that is also
 * what tells whether a chain is whole.
 */
export async function readTimeline(
  deps: Deps,
  runId: string,
  limit: number,
  cursor: string | undefined,
): Promise<z.output<typeof timelinePage>> {
  await loadRun(deps, runId);
  const pk = `RUN#${runId}`;
  const stored = (await listAll(deps.store, pk, 'EVENT#')).map(entryOf);
  const entries = [...stored, ...(await flushPending(deps, pk, stored))];
  const all = entries.map(({ item, event }) => ({ item, rev: event.rev, at: event.at, event }));
  const { events, told, more } = takeUntold(all, await keptToldIn(deps, runId, cursor), limit);
  return {
    events: events.map(({ item, event }) => timelineEvent.parse({ ...event, data: toldData(event.data), item, runId })),
    cursor: await keptCursorOf(deps, runId, told, cursor),
    more,
    broken: brokenChains(pk, entries),
  };
}

/** An event that still rides in its item is put into the timeline first. */
async function flushPending(deps: Deps, pk: string, entries: readonly Entry[]): Promise<Entry[]> {
  const known = new Set(entries.map(({ item, event }) => `${item}#${event.rev}`));
  const items = await Promise.all(
    ['RUN', 'COMPONENT#', 'SEGMENT#', 'VALIDATION#', 'ASKED#'].map((prefix) => listAll(deps.store, pk, prefix)),
  );
  const pending: Entry[] = [];
  for (const item of items.flat()) {
    const event = storedEventOf(item);
    if (!event || known.has(`${item.sk}#${event.rev}`)) continue;
    await flushEvent(deps, item);
    pending.push({ item: item.sk, event });
  }
  return pending;
}

const entryOf = (item: Item): Entry => ({
  item: item.sk.slice('EVENT#'.length, item.sk.lastIndexOf('#')),
  event: storedEvent.parse(item),
});

function brokenChains(pk: string, entries: readonly Entry[]): { item: string; rev: number }[] {
  const chains = Map.groupBy(entries, ({ item }) => item);
  return [...chains].flatMap(([item, chain]) => {
    const events = chain.map(({ event }) => event).sort((a, b) => a.rev - b.rev);
    const rev = brokenAt({ pk, sk: item }, events);
    return rev === undefined ? [] : [{ item, rev }];
  });
}
