import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventLog } from '../../../../local/server/event-log.ts';
import { eventId } from '../../../../shared/api/event-stream.ts';
import type { RunEvent } from '../../../../shared/ports/events.ts';

const event = (item: string, rev: number, runId = 'r1'): RunEvent => ({
  type: 'checkpointCreated',
  runId,
  item,
  rev,
  epoch: 1,
  at: rev,
  actor: 'slipway',
  data: {},
  prev: '',
  hash: '',
});

const logOf = (options: ConstructorParameters<typeof EventLog>[0], ...events: RunEvent[]) => {
  const log = new EventLog(options);
  const told: string[] = [];
  log.read((one) => told.push(eventId(one)));
  for (const one of events) log.take(one);
  return { log, told };
};

describe('EventLog', () => {
  it('tells each event once, whatever is published again', () => {
    const { told } = logOf({}, event('A', 1), event('B', 1), event('A', 1), event('A', 2), event('A', 1), event('A', 1, 'r2'));
    expect(told).toEqual(['r1/A#1', 'r1/B#1', 'r1/A#2', 'r2/A#1']);
  });

  it('tells a reader no more once it has left', () => {
    const log = new EventLog();
    const told: RunEvent[] = [];
    const leave = log.read((one) => told.push(one));
    log.take(event('A', 1));
    leave();
    log.take(event('A', 2));
    expect(told).toHaveLength(1);
  });

  it('knows what came after an event it keeps, and says so where it does not', () => {
    const { log } = logOf({}, event('A', 1), event('B', 1), event('A', 2));
    expect(log.after('r1/A#1')?.map(eventId)).toEqual(['r1/B#1', 'r1/A#2']);
    expect(log.after('r1/A#2')).toEqual([]);
    expect(log.after('r1/A#3')).toBeUndefined();
  });

  it('keeps half of the limit at least, and no more than the limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.nat(100), (limit, count) => {
        const { log } = logOf({ events: limit }, ...Array.from({ length: count }, (_, at) => event('A', at)));
        const known = Array.from({ length: count }, (_, at) => log.after(`r1/A#${at}`)).filter((found) => found !== undefined);
        expect(known.length).toBeGreaterThanOrEqual(Math.min(Math.floor(limit / 2), count));
        expect(known.length).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it('keeps no more bytes than it may', () => {
    const large = (rev: number): RunEvent => ({ ...event('A', rev), data: { text: 'x'.repeat(1000) } });
    const { log } = logOf({ bytes: 5000 }, ...Array.from({ length: 50 }, (_, at) => large(at)));
    const known = Array.from({ length: 50 }, (_, at) => log.after(`r1/A#${at}`)).filter((found) => found !== undefined);
    expect(known.length).toBeGreaterThan(0);
    expect(known.length).toBeLessThanOrEqual(3);
  });

  it('forgets the items that were quiet for longest', () => {
    const { told } = logOf(
      { items: 2 },
      event('A', 1),
      event('B', 1),
      event('A', 2),
      event('C', 1),
      event('A', 2),
      event('B', 1),
    );
    expect(told).toEqual(['r1/A#1', 'r1/B#1', 'r1/A#2', 'r1/C#1', 'r1/B#1']);
  });
});
