import { createHash } from 'node:crypto';
import { auditListing } from '../audit/audit-index.ts';
import type { EventType, RunEvent } from '../ports/events.ts';
import type { Item, Key, Value, Write } from '../ports/store.ts';
import { redact } from '../redaction/redact.ts';
import { feedEntry } from './feed-entry.ts';
import { eventKey } from './keys.ts';
import type { StoredEvent } from './run-state.ts';
import { putEvent } from './writes.ts';

export interface EventDraft {
  readonly type: EventType;
  readonly actor?: string;
  readonly data?: { readonly [name: string]: Value };
}

/** The event of the transition that brings an item to `rev`, chained to the item's event before. */
export function chainEvent(
  key: Key,
  draft: EventDraft,
  place: { rev: number; epoch: number; at: number; prev: StoredEvent | undefined },
): StoredEvent {
  const body = {
    type: draft.type,
    rev: place.rev,
    epoch: place.epoch,
    at: place.at,
    actor: draft.actor ?? 'slipway',
    data: kept(draft.data ?? {}) as StoredEvent['data'],
    prev: place.prev?.hash ?? '',
  };
  return { ...body, hash: eventHash(key, body) };
}

export function eventHash(key: Key, event: Omit<StoredEvent, 'hash'>): string {
  const content = [key.pk, key.sk, event.type, event.rev, event.epoch, event.at, event.actor, sorted(event.data), event.prev];
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url');
}

/** The write that puts an item's event into the timeline. */
export const eventWrite = (key: Key, event: StoredEvent, now: number): Write =>
  putEvent(eventKey(key, event.rev), { ...event, ...audited(key, event), schemaVersion: 1 }, feedEntry(event.type, now));

/** What a person did, and what became of runs and flags, is listed over all of them; the steps of the work are in its timeline alone. */
const audited = (key: Key, { actor, at, rev }: StoredEvent) =>
  key.sk === 'RUN' || key.sk === 'FLAG' || key.sk === 'ROTATION' || key.sk === 'CLEANING' || actor !== 'slipway'
    ? auditListing(at, `${key.pk}#${key.sk}#${rev}`)
    : {};

/** What others work with must stay as it is: later steps, verify and undo read a step's output, and evaluation a flag's document. */
const WORKED_WITH: ReadonlySet<string> = new Set(['output', 'document']);

/** What of an event's data is stored, and hashed: anything else loses its secrets before. */
const kept = (data: NonNullable<EventDraft['data']>): NonNullable<EventDraft['data']> => {
  const worked = Object.entries(data).filter(([name]) => WORKED_WITH.has(name));
  return worked.length === 0 ? redact(data) : { ...redact(data), ...Object.fromEntries(worked) };
};

/** The data of a run's event as it is told. A stored output may hold secrets, which no view shows. */
export const toldData = (data: StoredEvent['data']): StoredEvent['data'] => ('output' in data ? redact(data) : data);

/** A flag belongs to no run: its events name the run that brought them about, '' where a person did. An alert's name none, a schedule's its runs. */
export function runEvent(key: Key, event: StoredEvent): RunEvent {
  const type = event.type as EventType;
  if (key.pk.startsWith('SECRET#')) return { ...event, type, runId: '', item: key.pk };
  if (key.sk === 'FLAG' || key.sk === 'SCHEDULE')
    return { ...event, type, runId: String(event.data['runId'] ?? ''), item: key.pk };
  if (key.sk === 'ALERT' || key.sk === 'WEBHOOK' || key.sk === 'CLEANING' || key.sk === 'HALT')
    return { ...event, type, runId: '', item: key.pk };
  if (key.pk.startsWith('PLAN#')) return { ...event, type, runId: '', item: key.pk };
  if (key.sk === 'LIMITS' || key.sk === 'SETTINGS')
    return { ...event, type, data: toldData(event.data), runId: '', item: key.pk };
  return { ...event, type, data: toldData(event.data), runId: key.pk.slice('RUN#'.length), item: key.sk };
}

/** Where the chain of one item's events (ascending) is broken: the first revision that does not follow. */
export function brokenAt(key: Key, events: readonly StoredEvent[]): number | undefined {
  let prev = '';
  for (const event of events) {
    if (event.prev !== prev || event.hash !== eventHash(key, event)) return event.rev;
    prev = event.hash;
  }
  return undefined;
}

export const storedEventOf = (item: Item | undefined): StoredEvent | undefined =>
  item?.['lastEvent'] as unknown as StoredEvent | undefined;

const sorted = (value: Value): Value => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
};
