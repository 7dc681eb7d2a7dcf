import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../../shared/ports/store.ts';
import { brokenAt, chainEvent, eventHash, eventWrite, runEvent, storedEventOf } from '../../../../shared/run/event-chain.ts';
import type { StoredEvent } from '../../../../shared/run/run-state.ts';

const KEY = { pk: 'RUN#r1', sk: 'COMPONENT#one' };

const chainOf = (length: number): StoredEvent[] => {
  const events: StoredEvent[] = [];
  // Seizures raise the revision without an event, so revisions of events have gaps.
  for (let index = 0; index < length; index += 1) {
    const place = { rev: 1 + index * 2, epoch: 1, at: 100 + index, prev: events.at(-1) };
    events.push(chainEvent(KEY, { type: 'stepStarted', data: { step: index, of: { b: 1, a: [2] } } }, place));
  }
  return events;
};

describe('the chain of events', () => {
  it('begins with no hash before, and by Slipway where nobody is named', () => {
    const [first, second] = chainOf(2);
    expect(first).toMatchObject({ prev: '', actor: 'slipway', rev: 1, data: { step: 0 } });
    expect(second?.prev).toBe(first?.hash);
  });

  it('is whole as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 }), (length) => {
        expect(brokenAt(KEY, chainOf(length))).toBeUndefined();
      }),
    );
  });

  it('is broken at the event that was tampered with, whatever of it was changed', () => {
    const forgeries: readonly ((event: StoredEvent) => StoredEvent)[] = [
      (event) => ({ ...event, type: 'stepFailed' }),
      (event) => ({ ...event, rev: event.rev + 1 }),
      (event) => ({ ...event, epoch: 9 }),
      (event) => ({ ...event, at: 0 }),
      (event) => ({ ...event, actor: 'mallory' }),
      (event) => ({ ...event, data: { ...event.data, step: 99 } }),
      (event) => ({ ...event, prev: 'x' }),
      (event) => ({ ...event, hash: 'x' }),
    ];
    fc.assert(
      fc.property(fc.nat(5), fc.constantFrom(...forgeries), (at, forge) => {
        const events = chainOf(6).map((event, index) => (index === at ? forge(event) : event));
        expect(brokenAt(KEY, events)).toBe(events[at]?.rev);
      }),
    );
  });

  it('is broken after an event that was taken out or moved', () => {
    const [first, second, third] = chainOf(3) as [StoredEvent, StoredEvent, StoredEvent];
    expect(brokenAt(KEY, [first, third])).toBe(third.rev);
    expect(brokenAt(KEY, [second, third])).toBe(second.rev);
    expect(brokenAt(KEY, [first, third, second])).toBe(third.rev);
  });

  it('is broken where a forged event carries a fresh hash of its own', () => {
    const [first, second] = chainOf(2) as [StoredEvent, StoredEvent];
    const forged = { ...first, actor: 'mallory' };
    expect(brokenAt(KEY, [{ ...forged, hash: eventHash(KEY, forged) }, second])).toBe(second.rev);
  });

  it('belongs to its item', () => {
    expect(brokenAt({ ...KEY, sk: 'COMPONENT#two' }, chainOf(1))).toBe(1);
  });

  it('does not depend on the order in which a store gives attributes back', () => {
    const turned = (value: Value): Value => {
      if (Array.isArray(value)) return value.map(turned);
      if (value === null || typeof value !== 'object') return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, inner]) => [name, turned(inner)]),
      );
    };
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (data) => {
        const place = { rev: 1, epoch: 1, at: 1, prev: undefined };
        const event = chainEvent(KEY, { type: 'statusChanged', data: data as Record<string, Value> }, place);
        expect(brokenAt(KEY, [{ ...event, data: turned(event.data) as StoredEvent['data'] }])).toBeUndefined();
      }),
    );
  });

  it('lies under the revision of its item, in the order of revisions', () => {
    const [event] = chainOf(1) as [StoredEvent];
    const write = eventWrite(KEY, { ...event, rev: 12 }, 7000);
    expect(write.key).toEqual({ pk: 'RUN#r1', sk: 'EVENT#COMPONENT#one#000000012' });
    expect(write.set).toMatchObject({ hash: event.hash, schemaVersion: 1 });
  });

  it.each([
    ['componentCompleted', { open: 'feed', openSort: '000000000007000' }],
    ['checkpointCreated', {}],
  ])('is in the feed of all events by the time in which it was put first, but for the steps: %s', (type, keep) => {
    const [event] = chainOf(1) as [StoredEvent];
    expect(eventWrite(KEY, { ...event, type }, 7000).keep).toEqual(keep);
  });

  it('is told with its run and item', () => {
    const [event] = chainOf(1) as [StoredEvent];
    expect(runEvent(KEY, event)).toEqual({ ...event, runId: 'r1', item: 'COMPONENT#one' });
  });

  it('ends in the last event of the item', () => {
    const [event] = chainOf(1) as [StoredEvent];
    expect(storedEventOf({ ...KEY, lastEvent: event as unknown as Value })).toBe(event);
    expect(storedEventOf(undefined)).toBeUndefined();
  });
});

it('names an alert, and no run, in the event of one', () => {
  const key = { pk: 'ALERT#a1', sk: 'ALERT' };
  const event = chainEvent(key, { type: 'alertRaised' }, { rev: 1, epoch: 0, at: 1, prev: undefined });
  expect(runEvent(key, event)).toMatchObject({ runId: '', item: 'ALERT#a1', type: 'alertRaised' });
});
