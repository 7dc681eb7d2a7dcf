import { type TimelineEvent, timelineEvent } from '../shared/api/timeline.ts';
import type { Key } from '../shared/ports/store.ts';
import { runEvent } from '../shared/run/event-chain.ts';
import { flushEvent } from '../shared/run/journal.ts';
import { listAll } from '../shared/run/list-all.ts';
import { storedEvent } from '../shared/run/run-state.ts';
import type { Deps } from './deps.ts';

/** Every event of an item that belongs to no run, by revision. */
export async function itemHistory(deps: Deps, of: Key): Promise<TimelineEvent[]> {
  // An event that still rides in the item is put into its history first.
  await flushEvent(deps, await deps.store.read(of));
  const items = await listAll(deps.store, of.pk, 'EVENT#');
  const events = items.map((item) => timelineEvent.parse(runEvent(of, storedEvent.parse(item))));
  return events.sort((a, b) => a.rev - b.rev);
}
