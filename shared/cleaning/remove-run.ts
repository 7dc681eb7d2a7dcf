import { isAudited } from '../audit/audit-index.ts';
import type { Artefacts } from '../ports/artefacts.ts';
import type { Item, Key, Store } from '../ports/store.ts';
import { idempotencyKey, runKey } from '../run/keys.ts';
import type { RunState } from '../run/run-state.ts';
import { keepTrailUntil, removePart, removeRun, removeStartKey } from '../run/writes.ts';

export interface RemovalTally {
  items: number;
  /** Of the items, as JSON; what artefacts take is not known. */
  bytes: number;
  artefacts: number;
}

interface Reach {
  readonly store: Store;
  readonly artefacts: Artefacts;
  /** What the audit trail tells of the run is kept until then, epoch ms. */
  readonly trailUntil: number;
  /** Whether there is time for more. */
  readonly mayGoOn: () => boolean;
}

/** So many requests at once. */
const AT_ONCE = 10;

/**
 * Removes an expired run: its artefacts, its events and parts, the key under which it was started, and at last the run itself. What the audit
 * trail tells of it stays for its time. False: the time was up, or somebody else has done it; whatever is left is found again by its run.
 */
export async function removeExpired(reach: Reach, run: RunState, tally: RemovalTally): Promise<boolean> {
  const { store, artefacts, mayGoOn } = reach;
  for await (const some of inParts(artefacts.list(`runs/${run.id}/`))) {
    if (!mayGoOn()) return false;
    await Promise.all(some.map((key) => artefacts.remove(key)));
    tally.artefacts += some.length;
  }
  const key = runKey(run.id);
  for await (const some of inParts(partsOf(store, key))) {
    if (!mayGoOn()) return false;
    const gone = some.filter(({ audited }) => !audited).map(({ item }) => item);
    await Promise.all([
      ...gone.map(({ pk, sk }) => store.remove(removePart({ pk, sk }))),
      ...some.filter(({ audited }) => audited).map(({ item }) => store.write(keepTrailUntil(item, reach.trailUntil))),
    ]);
    count(tally, gone);
  }
  if (run.startKey !== undefined) await store.remove(removeStartKey(idempotencyKey(run.startKey), run.id));
  const { removed } = await store.remove(removeRun(key, run.rev));
  if (removed) tally.items += 1;
  return removed;
}

/**
 * Every item of the partition but the run itself; `audited` are the events of the audit trail with those before them, which their chains of hashes
 * need. The latest event of an item comes first, so that one look at each tells.
 */
async function* partsOf(store: Store, run: Key): AsyncGenerator<{ readonly item: Item; readonly audited: boolean }> {
  let cursor: string | undefined;
  let audited = '';
  do {
    const page = await store.list(run.pk, { descending: true, ...(cursor === undefined ? {} : { cursor }) });
    for (const item of page.items) {
      const chain = item.sk.startsWith('EVENT#') ? item.sk.slice(0, item.sk.lastIndexOf('#')) : undefined;
      if (chain !== undefined && isAudited(item)) audited = chain;
      if (item.sk !== run.sk) yield { item, audited: chain !== undefined && chain === audited };
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
}

async function* inParts<T>(all: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let part: T[] = [];
  for await (const one of all) {
    part.push(one);
    if (part.length < AT_ONCE) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

function count(tally: RemovalTally, items: readonly Item[]): void {
  tally.items += items.length;
  for (const item of items) tally.bytes += Buffer.byteLength(JSON.stringify(item));
}
