import { createHash } from 'node:crypto';
import { CursorUnknownError } from '../errors/store-errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunEvent } from '../ports/events.ts';
import type { Item, Store } from '../ports/store.ts';
import { runEvent } from './event-chain.ts';
import { FEED, feedTime } from './feed-entry.ts';
import { storedEvent } from './run-state.ts';

/**
 * An event's place in the feed is the time of the request that puts it, and so long after it at the latest the index shows it: a request ends after
 * 5 s, and the rest is for clocks that differ and for the index. Until then another may still come before it, ms.
 */
export const SETTLED_MS = 15_000;
/** Told before they are settled, so that they have to be named in the cursor. What else happens in that time is told once it is settled. */
const MOST_NAMED = 150;

/** Everything before `from` was told; of what comes after it, what is named. */
interface Place {
  readonly from: number;
  readonly named: ReadonlySet<string>;
}

interface FeedPage {
  readonly events: readonly RunEvent[];
  /** The same as before where nothing is new, and nothing was new the time before. */
  readonly cursor: string;
  readonly more: boolean;
}

interface FeedDeps {
  readonly store: Pick<Store, 'listIndex'>;
  readonly clock: Clock;
}

/** What has happened everywhere since a cursor, however late it was written. Without a cursor: nothing yet, and from now on. */
export async function readFeed(
  deps: FeedDeps,
  { since, limit }: { readonly since?: string | undefined; readonly limit: number },
): Promise<FeedPage> {
  const settled = deps.clock.now() - SETTLED_MS;
  if (since === undefined || since === '') return { events: [], cursor: await beginning(deps, settled), more: false };
  const { from, named } = placeIn(since);
  const items = await entriesFrom(deps.store, from, limit + named.size + 1);
  const seen = new Map(items.map((item) => [nameOf(item), timeOf(item)]));
  const fresh = items.filter((item) => !named.has(nameOf(item)));
  let room = MOST_NAMED - [...named].filter((name) => (seen.get(name) ?? settled) >= settled).length;
  const taken: Item[] = [];
  for (const item of fresh.slice(0, limit)) {
    if (timeOf(item) >= settled && room-- <= 0) break;
    taken.push(item);
  }
  const left = fresh[taken.length];
  const until = Math.max(from, Math.min(settled, left ? timeOf(left) : settled));
  const told = new Set([...named, ...taken.map(nameOf)]);
  // One that is named and not seen may be back the next time: not every copy of an index is as new as another.
  const still = [...told].filter((name) => (seen.get(name) ?? until) >= until);
  const over = taken.length === 0 && still.length === named.size;
  return {
    events: taken.map(eventOf),
    cursor: over ? since : cursorOf({ from: until, named: new Set(still) }),
    more: taken.length === limit && left !== undefined,
  };
}

/** What is there already was before: a reader that begins hears of what comes after it. */
async function beginning({ store }: FeedDeps, settled: number): Promise<string> {
  const { items } = await store.listIndex('open', FEED, { descending: true, limit: MOST_NAMED });
  const oldest = items[MOST_NAMED - 1];
  const from = oldest && timeOf(oldest) >= settled ? timeOf(oldest) + 1 : settled;
  return cursorOf({ from, named: new Set(items.filter((item) => timeOf(item) >= from).map(nameOf)) });
}

async function entriesFrom(store: FeedDeps['store'], from: number, limit: number): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const place = cursor === undefined ? {} : { cursor };
    const page = await store.listIndex('open', FEED, { from: feedTime(from), limit: limit - items.length, ...place });
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined && items.length < limit);
  return items;
}

const timeOf = (item: Item): number => Number(item['openSort']);

const nameOf = ({ pk, sk }: Item): string => createHash('sha256').update(`${pk}\n${sk}`).digest('base64url').slice(0, NAME);
const NAME = 8;

const cursorOf = ({ from, named }: Place): string => `${from.toString(36)}${named.size === 0 ? '' : `.${[...named].join('')}`}`;

function placeIn(cursor: string): Place {
  const [, from = '', names = ''] = /^([0-9a-z]{1,10})(?:\.((?:[\w-]{8})+))?$/.exec(cursor) ?? [];
  if (from === '') throw new CursorUnknownError();
  return { from: Number.parseInt(from, 36), named: new Set(names.match(/.{8}/g) ?? []) };
}

function eventOf(item: Item): RunEvent {
  const of = item.sk.slice('EVENT#'.length, item.sk.lastIndexOf('#'));
  return runEvent({ pk: item.pk, sk: of }, storedEvent.parse(item));
}
