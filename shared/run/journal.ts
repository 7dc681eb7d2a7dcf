import { StoreThrottledError, StoreUnansweredError } from '../errors/store-errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Events } from '../ports/events.ts';
import type { Ids } from '../ports/ids.ts';
import type { Meter } from '../ports/meter.ts';
import type { Item, Key, Store, Value, Write } from '../ports/store.ts';
import { readUsed, storedUsed, together } from '../usage/used.ts';
import { chainEvent, type EventDraft, eventWrite, runEvent, storedEventOf } from './event-chain.ts';
import type { StoredEvent } from './run-state.ts';

export interface JournalDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: Events;
  /** Absent: nobody counts what is used for a run. */
  readonly meter?: Meter;
}

export type Commit =
  | { readonly applied: true; readonly item: Item }
  | { readonly applied: false; readonly current: Item | undefined };

const WRITE_ATTEMPTS = 4;
const BACK_OFF_MS = [50, 200, 800];

/**
 * One conditional write, however often its answer is lost. The `writeId` in the item tells own retry from rival:
 * a revision "one ahead" would prove nothing. Retries carry the same id and the same condition, so at most one lands.
 */
export async function commit(deps: JournalDeps, write: Write): Promise<Commit> {
  const writeId = deps.ids.next();
  const result = await patiently(deps, () => deps.store.write({ ...write, set: { ...write.set, writeId } }));
  if (result.applied) return { applied: true, item: result.item };
  const mine = result.current?.['writeId'] === writeId;
  return mine && result.current ? { applied: true, item: result.current } : { applied: false, current: result.current };
}

/** The one layer that tries the store again: the SDK below makes a single attempt. */
async function patiently<T>(deps: JournalDeps, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const passing = error instanceof StoreUnansweredError || error instanceof StoreThrottledError;
      if (!passing || attempt >= WRITE_ATTEMPTS) throw error;
      await deps.clock.sleep((BACK_OFF_MS[attempt - 1] ?? 800) * (0.5 + deps.ids.random()));
    }
  }
}

export interface Change {
  readonly set?: { readonly [attribute: string]: Value };
  readonly remove?: readonly string[];
}

/**
 * Changes an item together with the event that says so. The event rides in the item as `lastEvent`, and is put
 * into the timeline before the item is next overwritten: a crash between the two is repaired by the next writer.
 */
export async function transition(
  deps: JournalDeps,
  item: Item,
  draft: EventDraft,
  change: Change,
  build: (change: Change) => Write,
  epoch: number,
): Promise<Commit> {
  await flushEvent(deps, item);
  const rev = Number(item['rev'] ?? 0) + 1;
  const event = chainEvent(item, draft, { rev, epoch, at: deps.clock.now(), prev: storedEventOf(item) });
  return metered(deps, item, (used) =>
    commit(deps, build({ ...change, set: { ...change.set, ...used, lastEvent: event as unknown as Value } })),
  );
}

/** Creates an item with its first event. */
export async function create(
  deps: JournalDeps,
  key: Key,
  draft: EventDraft,
  epoch: number,
  build: (set: Record<string, Value>) => Write,
  set: Record<string, Value>,
): Promise<Commit> {
  const event = chainEvent(key, draft, { rev: 1, epoch, at: deps.clock.now(), prev: undefined });
  return metered(deps, key, (used) => commit(deps, build({ ...set, ...used, lastEvent: event as unknown as Value })));
}

/** This very write, and the event that it will be put and told by. */
const AHEAD = { dynamodbWrite: 2, event: 1 };

/**
 * What has been used for a run rides in the write of its item, on top of what the item says as the write's condition holds it: no write
 * is made for it, and what is refused is counted with the next.
 */
async function metered(deps: JournalDeps, item: Key | Item, write: (used: { used?: Value }) => Promise<Commit>): Promise<Commit> {
  const used = item.pk.startsWith('RUN#') ? deps.meter?.take(AHEAD) : undefined;
  if (!used) return write({});
  const before = readUsed((item as Item)['used']);
  const result = await write({ used: storedUsed(together(before, used)) });
  if (!result.applied) deps.meter?.giveBack(used);
  return result;
}

/** By invocation, since nobody may wait for what another has begun: it may have died. */
const flushes = new WeakMap<JournalDeps, WeakMap<Item, Promise<void>>>();

/** Puts the item's last event into the timeline and tells whoever listens; once for each item as read or written. */
export function flushEvent(deps: JournalDeps, item: Item | undefined): Promise<void> {
  const event = storedEventOf(item);
  if (!item || !event) return Promise.resolve();
  const mine = flushes.get(deps) ?? new WeakMap<Item, Promise<void>>();
  flushes.set(deps, mine);
  const begun = mine.get(item) ?? flush(deps, { pk: item.pk, sk: item.sk }, event);
  mine.set(item, begun);
  return begun;
}

/** Begins to flush beside the effect that follows. Whoever overwrites the item, or ends the invocation, waits for it and hears of a failure. */
export function flushAhead(deps: JournalDeps, item: Item): void {
  flushEvent(deps, item).catch(() => {});
}

async function flush(deps: JournalDeps, key: Key, event: StoredEvent): Promise<void> {
  await patiently(deps, () => deps.store.write(eventWrite(key, event, deps.clock.now())));
  await deps.events.publish([runEvent(key, event)]);
}
