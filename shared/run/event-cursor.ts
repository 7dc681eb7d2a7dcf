import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod';
import { CursorUnknownError } from '../errors/store-errors.ts';

/**
 * What a reader has been told of each item of a run: the last revision. Each item's events follow one another, so
 * nothing that is written late, by a slow writer or for one that died, can be behind it.
 */
export type Told = ReadonlyMap<string, number>;

export interface ItemEvent {
  readonly item: string;
  readonly rev: number;
  /** Epoch ms. */
  readonly at: number;
}

/** A cursor has to fit into a URL, beside a token in the headers: API Gateway takes 10 KB of both. */
export const LONGEST_CURSOR = 3000;
const MOST_BYTES = 1_000_000;
/** Items, and the segments of a component (`SEGMENT#name`) in their order. */
const stored = z.record(z.string(), z.union([z.int(), z.array(z.int())]));

export function cursorOf(told: Told): string {
  const record: Record<string, number | number[]> = {};
  const segments = new Map<string, number[]>();
  for (const [item, rev] of told) {
    const [, of, at] = NUMBERED.exec(item) ?? [];
    if (of === undefined) record[item] = rev;
    else {
      const list = segments.get(of) ?? [];
      list[Number(at)] = rev;
      segments.set(of, list);
    }
  }
  for (const [of, list] of segments) record[of] = Array.from(list, (rev) => rev ?? 0);
  return deflateRawSync(JSON.stringify(record), { level: 9 }).toString('base64url');
}

const NUMBERED = /^(SEGMENT#[^#]+)#(\d{4})$/;

/** Throws CursorUnknownError. */
export function toldIn(cursor: string | undefined): Told {
  const told = new Map<string, number>();
  if (cursor === undefined || cursor === '') return told;
  for (const [item, rev] of Object.entries(decoded(cursor))) {
    if (typeof rev === 'number') told.set(item, rev);
    else rev.forEach((one, at) => void told.set(`${item}#${String(at).padStart(4, '0')}`, one));
  }
  return told;
}

function decoded(cursor: string): z.output<typeof stored> {
  try {
    const text = inflateRawSync(Buffer.from(cursor, 'base64url'), { maxOutputLength: MOST_BYTES }).toString('utf8');
    return stored.parse(JSON.parse(text));
  } catch (error) {
    throw new CursorUnknownError(error);
  }
}

export interface Taken<Event> {
  readonly events: readonly Event[];
  readonly told: Told;
  readonly more: boolean;
}

/** The first of those that were not told, by time, and of each item in the order of its revisions whatever its writers' clocks said. */
export function takeUntold<Event extends ItemEvent>(all: readonly Event[], told: Told, limit: number): Taken<Event> {
  const left = [...Map.groupBy(all, ({ item }) => item)].flatMap(([item, events]) => {
    let latest = 0;
    return events
      .filter(({ rev }) => rev > (told.get(item) ?? 0))
      .sort((a, b) => a.rev - b.rev)
      .map((event) => {
        latest = Math.max(latest, event.at);
        return { event, at: latest };
      });
  });
  left.sort((a, b) => a.at - b.at || compare(a.event.item, b.event.item) || a.event.rev - b.event.rev);
  const events = left.slice(0, limit).map(({ event }) => event);
  const after = new Map(told);
  for (const { item, rev } of events) after.set(item, rev);
  return { events, told: after, more: left.length > limit };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
