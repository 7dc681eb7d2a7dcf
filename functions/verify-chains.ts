import type { Key, Store } from '../shared/ports/store.ts';
import { brokenAt, storedEventOf } from '../shared/run/event-chain.ts';
import { listAll } from '../shared/run/list-all.ts';
import { readAll } from '../shared/run/read-all.ts';
import { type StoredEvent, storedEvent } from '../shared/run/run-state.ts';

/** What was found of all chains in one partition: those of a run and its parts, or the one of a flag. */
export interface VerifiedChains {
  readonly events: number;
  /** The first revision of an item that does not follow. */
  readonly broken: readonly { readonly item: string; readonly rev: number }[];
}

/** A stored event as it is found; one that is no event any more has no content. */
interface Found {
  readonly item: string;
  readonly rev: number;
  readonly event: StoredEvent | undefined;
}

/**
 * Follows every chain from its first event to the one that rides in the item itself, so that an end that is missing shows too. The trail of a run that was
 * removed goes as a whole: what is over at `now` (epoch ms) is not there any more, though the table may hold some of it still.
 */
export async function verifyChains(store: Store, pk: string, now: number): Promise<VerifiedChains> {
  const found = await eventsOf(store, pk, '', now);
  const chains = [...Map.groupBy(found, ({ item }) => item)];
  const heads = await readAll(
    store,
    chains.map(([item]) => ({ pk, sk: item })),
  );
  const broken: { item: string; rev: number }[] = [];
  for (const [at, [item, chain]] of chains.entries()) {
    const key = { pk, sk: item };
    const head = storedEventOf(heads[at]);
    if (faultIn(key, chain, head, head) === undefined) continue;
    // Somebody may have written between the two reads.
    const rev = await lookAgain(store, key, now);
    if (rev !== undefined) broken.push({ item, rev });
  }
  return { events: found.length, broken };
}

/** What the item says before its events are read must be among them, and none of them may be later than what it says afterwards. */
async function lookAgain(store: Store, key: Key, now: number): Promise<number | undefined> {
  const before = storedEventOf(await store.read(key));
  const chain = (await eventsOf(store, key.pk, `${key.sk}#`, now)).filter(({ item }) => item === key.sk);
  return faultIn(key, chain, before, storedEventOf(await store.read(key)));
}

function faultIn(key: Key, chain: readonly Found[], before?: StoredEvent, after?: StoredEvent): number | undefined {
  const sound = chain.flatMap(({ event, rev }) => (event?.rev === rev ? [event] : []));
  // The last event rides in the item until the next write.
  const pending = before !== undefined && before.rev > (chain.at(-1)?.rev ?? 0) ? [before] : [];
  const twin = chain.find(({ rev }) => rev === before?.rev);
  const faults = [
    brokenAt(key, [...sound, ...pending]),
    chain.find(({ event, rev }) => event?.rev !== rev)?.rev,
    twin && before && twin.event?.hash !== before.hash ? before.rev : undefined,
    after && chain.find(({ rev }) => rev > after.rev)?.rev,
    // Of a run that was removed this is left, to its end.
    key.sk === 'RUN' && !before && sound.at(-1)?.type !== 'runExpired' ? chain.at(-1)?.rev : undefined,
  ].filter((rev) => rev !== undefined);
  return faults.length === 0 ? undefined : Math.min(...faults);
}

async function eventsOf(store: Store, pk: string, prefix: string, now: number): Promise<Found[]> {
  const all = await listAll(store, pk, `EVENT#${prefix}`);
  const items = all.filter(({ expiresAt }) => typeof expiresAt !== 'number' || expiresAt * 1000 > now);
  const found = items.map((item) => {
    const end = item.sk.lastIndexOf('#');
    return {
      item: item.sk.slice('EVENT#'.length, end),
      rev: Number(item.sk.slice(end + 1)),
      event: storedEvent.safeParse(item).data,
    };
  });
  return found.sort((a, b) => a.rev - b.rev);
}
