import { CursorUnknownError } from '../errors/store-errors.ts';
import { EVALUATORS, EXPERIMENTS } from '../flags/flag-document.ts';
import type { Item, Store } from '../ports/store.ts';
import { effective, type FlagState, readFlag } from './flag-state.ts';
import { flagKey } from './keys.ts';
import { listingOf } from './put-flag.ts';
import { readAll } from './read-all.ts';

/** Keys that the index tells at once, and flags that are read at once. */
const KEYS = 500;
const FLAGS = 50;
/** What the flags share is kept, and listed, as they are. */
const BESIDE: ReadonlySet<string> = new Set([EVALUATORS, EXPERIMENTS]);
/** Of a flag beside its key and its document, bytes. */
const AROUND = 128;

interface Bounds {
  readonly limit: number;
  /** Of the documents; a page holds one flag at least. */
  readonly bytes: number;
  readonly cursor?: string | undefined;
}

/** Some flags of an environment by their keys, and where to go on. */
export async function listFlagPage(
  store: Store,
  environment: string,
  { limit, bytes, cursor }: Bounds,
): Promise<{ readonly flags: readonly FlagState[]; readonly cursor?: string }> {
  const flags: FlagState[] = [];
  let room = bytes;
  for (let place: Place | undefined = cursor === undefined ? {} : placeIn(cursor); place !== undefined; ) {
    const { from, after = '' }: Place = place;
    const page = await store.listIndex('listing', listingOf(environment), {
      limit: KEYS,
      ...(from === undefined ? {} : { cursor: from }),
    });
    const keys = page.items
      .map(({ pk }) => pk.slice(`FLAG#${environment}#`.length))
      .filter((key) => key > after && !BESIDE.has(key));
    for (let start = 0; start < keys.length; start += FLAGS) {
      const some = keys.slice(start, start + FLAGS).map((key) => flagKey(environment, key));
      const items = await readAll(store, some);
      for (const flag of items.filter((item): item is Item => item !== undefined).map(readFlag)) {
        room -= Buffer.byteLength(JSON.stringify([flag.key, effective(flag)])) + AROUND;
        const last = flags.at(-1);
        if (last && (flags.length >= limit || room < 0)) return { flags, cursor: told({ from, after: last.key }) };
        flags.push(flag);
      }
    }
    place = page.cursor === undefined ? undefined : { from: page.cursor };
  }
  return { flags };
}

/** In the index: a page of it, and a key of that. */
interface Place {
  readonly from?: string | undefined;
  readonly after?: string;
}

const told = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

function placeIn(cursor: string): Place {
  try {
    const { from, after } = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as Partial<Place>;
    if (typeof after === 'string' && ['string', 'undefined'].includes(typeof from)) return { from, after };
  } catch {
    // Told below.
  }
  throw new CursorUnknownError();
}
