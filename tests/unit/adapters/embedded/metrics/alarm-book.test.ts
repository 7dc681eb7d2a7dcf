import { describe, expect, it } from 'vitest';
import { AlarmBook } from '../../../../../adapters/embedded/metrics/alarm-book.ts';
import type { AlarmEvent } from '../../../../../adapters/embedded/metrics/alarm-event.ts';
import type { AlarmShelf } from '../../../../../adapters/embedded/metrics/kept-alarm.ts';
import { MetricsBook } from '../../../../../adapters/embedded/metrics/metrics-book.ts';
import { MemoryAlarmShelf } from '../../../../../adapters/memory/alarm-shelf.ts';
import { VirtualClock } from '../../../../../adapters/memory/virtual-clock.ts';
import type { Alarm } from '../../../../../shared/ports/alarms.ts';
import { parseAlarmOwner } from '../../../../../shared/rollout/alarm-owner.ts';
import { anAlarm } from '../../../../contracts/alarms-contract.ts';

const start = Date.UTC(2026, 4, 4, 12);

interface Options {
  readonly shelf?: AlarmShelf;
  readonly clock?: VirtualClock;
  readonly onAlarm?: (event: AlarmEvent) => Promise<unknown>;
  readonly onOwnAlarm?: (name: string, reading: { readonly reason: string }) => Promise<unknown>;
}

async function opened({ shelf = new MemoryAlarmShelf(), clock = new VirtualClock(start), onAlarm, onOwnAlarm }: Options = {}) {
  const metrics = new MetricsBook({ clock });
  const told: AlarmEvent[] = [];
  const faults: unknown[] = [];
  const book = await AlarmBook.open({
    metrics,
    shelf,
    clock,
    onAlarm: async (event) => {
      told.push(event);
      await onAlarm?.(event);
    },
    ...(onOwnAlarm && { onOwnAlarm }),
    onFault: (error) => faults.push(error),
  });
  const { Errors, Requests } = anAlarm('any').series;
  if (!Errors || !Requests) throw new TypeError('The alarm has other metrics.');
  /** Ten seconds of 100 requests. */
  const period = async (errors: number) => {
    const at = clock.now();
    await metrics.put([
      { ...Requests, at, values: [1], counts: [100] },
      { ...Errors, at, values: [1], counts: [errors] },
    ]);
    await clock.advanceTo(at + 10_000);
  };
  const state = async (name: string) => (await book.read([name]))[0]?.state;
  return { book, clock, shelf, told, faults, period, state };
}

const messageOf = (event: AlarmEvent | undefined) => JSON.parse(event?.Records[0]?.Sns.Message ?? '{}');

describe('AlarmBook', () => {
  it('tells once when an alarm goes off, and again only when it has been well between', async () => {
    const { book, told, period, state } = await opened();
    await book.put(anAlarm('errors'));
    const errors = [0, 0, 5, 5, 5, 0, 0, 0, 5, 5];
    const states = [];
    for (const count of errors) {
      await period(count);
      await book.tick();
      states.push([await state('errors'), told.length]);
    }
    expect(states).toEqual([
      ['OK', 0],
      ['OK', 0],
      ['OK', 0],
      ['ALARM', 1],
      ['ALARM', 1],
      ['ALARM', 1],
      ['OK', 1],
      ['OK', 1],
      ['OK', 1],
      ['ALARM', 2],
    ]);
  });

  it('sends what CloudWatch sends through SNS', async () => {
    const { book, told, period, clock } = await opened();
    const alarm = anAlarm('errors');
    await book.put(alarm);
    for (let count = 0; count < 3; count++) await period(5);
    await book.tick();
    const message = messageOf(told[0]);
    expect(parseAlarmOwner(message.AlarmDescription)).toEqual(alarm.owner);
    expect(message).toMatchObject({
      AlarmName: 'errors',
      OldStateValue: 'INSUFFICIENT_DATA',
      NewStateValue: 'ALARM',
      NewStateReason: (await book.read(['errors']))[0]?.reason,
      StateChangeTime: '2026-05-04T12:00:30.000+0000',
    });
    expect(told[0]?.Records[0]).toMatchObject({
      EventSource: 'aws:sns',
      Sns: { Timestamp: new Date(clock.now()).toISOString() },
    });
    expect((await book.read(['errors']))[0]).toMatchObject({ value: 5, sample: 300 });
  });

  it('does not tell of an alarm that is only read', async () => {
    const { book, told, period, state } = await opened();
    await book.put(anAlarm('errors', { acts: false }));
    for (let count = 0; count < 3; count++) await period(5);
    await book.tick();
    expect([await state('errors'), told.length]).toEqual(['ALARM', 0]);
  });

  it('tells again until it is taken, also when the alarm is well by then', async () => {
    let refused = 2;
    const onAlarm = async () => {
      if (refused-- > 0) throw new Error('busy');
    };
    const { book, told, faults, period, state } = await opened({ onAlarm });
    await book.put(anAlarm('errors'));
    for (const count of [5, 5, 5, 0, 0, 0, 0]) {
      await period(count);
      await book.tick();
    }
    expect([await state('errors'), told.length, faults.length]).toEqual(['OK', 3, 2]);
    expect(new Set(told.map((event) => messageOf(event).StateChangeTime)).size).toBe(1);
  });

  it('keeps alarms, states and what nobody took through a restart', async () => {
    const before = await opened({ onAlarm: () => Promise.reject(new Error('killed')) });
    await before.book.put(anAlarm('errors'));
    await before.book.put(anAlarm('quiet', { limit: 50 }));
    for (let count = 0; count < 3; count++) await before.period(5);
    await before.book.tick();
    const { book, told, state } = await opened({ shelf: before.shelf, clock: before.clock });
    expect([await state('errors'), await state('quiet')]).toEqual(['ALARM', 'OK']);
    await book.tick();
    await book.tick();
    expect(told.map((event) => messageOf(event).AlarmName)).toEqual(['errors']);
    // The metrics are gone, and for missing data guardrails hold.
    expect([await state('errors'), await state('quiet')]).toEqual(['INSUFFICIENT_DATA', 'INSUFFICIENT_DATA']);
  });

  it('takes no metrics that a restart lost for missing ones that are bad', async () => {
    const { definition } = anAlarm('any');
    const silent = anAlarm('silent', { definition: { ...definition, missing: 'breaching' } });
    const before = await opened();
    await before.book.put(silent);
    for (let count = 0; count < 3; count++) await before.period(0);
    await before.book.tick();
    const { book, clock, told, state } = await opened({ shelf: before.shelf, clock: before.clock });
    for (let at = clock.now(); at < start + 70_000; at += 10_000) {
      await clock.advanceTo(at);
      await book.tick();
    }
    expect([await state('silent'), told.length]).toEqual(['OK', 0]);
    await clock.advanceTo(start + 70_000);
    await book.tick();
    expect([await state('silent'), told.length]).toEqual(['ALARM', 1]);
  });

  it('keeps the state of an alarm that is put again, with its new limit', async () => {
    const { book, period, state } = await opened();
    await book.put(anAlarm('errors'));
    for (let count = 0; count < 3; count++) await period(5);
    await book.tick();
    await book.put(anAlarm('errors', { limit: 50 }));
    expect(await state('errors')).toBe('ALARM');
    await book.tick();
    expect(await state('errors')).toBe('OK');
  });

  it('tells nothing of an alarm that was removed', async () => {
    const { book, told, period } = await opened();
    await book.put(anAlarm('errors'));
    for (let count = 0; count < 3; count++) await period(5);
    await book.remove(['errors']);
    await book.tick();
    expect(told).toEqual([]);
  });

  it('evaluates the others where one cannot be', async () => {
    const { book, faults, period, state } = await opened();
    const broken: Alarm = anAlarm('broken', { definition: { ...anAlarm('any').definition, expression: 'events +' } });
    await book.put(broken);
    await book.put(anAlarm('errors'));
    for (let count = 0; count < 3; count++) await period(5);
    await book.tick();
    expect([await state('broken'), await state('errors'), faults.length]).toEqual(['INSUFFICIENT_DATA', 'ALARM', 1]);
  });

  it("reads alarms of the team's own", async () => {
    const { book, state } = await opened();
    book.own('payments-healthy', () => ({ state: 'ALARM', reason: 'The team says so.', value: 3, sample: 1, refused: [] }));
    expect(await state('payments-healthy')).toBe('ALARM');
    await book.remove(['payments-healthy']);
    expect(await state('payments-healthy')).toBe('ALARM');
  });

  it("tells of the team's own when they go off, and again where nobody took it", async () => {
    const told: string[] = [];
    let deaf = true;
    const onOwnAlarm = async (name: string, { reason }: { readonly reason: string }) => {
      if (deaf) throw new Error('not now');
      told.push(`${name}: ${reason}`);
    };
    const { book, faults } = await opened({ onOwnAlarm });
    let state: 'OK' | 'ALARM' = 'OK';
    book.own('payments', () => ({ state, reason: 'The team says so.', value: 3, sample: 1, refused: [] }));
    const look = async (next: typeof state) => {
      state = next;
      await book.tick();
      return told.length;
    };
    expect([await look('OK'), await look('ALARM'), faults.length]).toEqual([0, 0, 1]);
    deaf = false;
    expect([await look('ALARM'), await look('ALARM'), await look('OK'), await look('ALARM')]).toEqual([1, 1, 1, 2]);
    expect(told[0]).toBe('payments: The team says so.');
  });

  it('goes on when what it tells cannot be written down', async () => {
    const full = { read: async () => [], write: () => Promise.reject(new Error('disk full')) };
    const { book, told, faults, period } = await opened({ shelf: full });
    await expect(book.put(anAlarm('errors'))).rejects.toThrow('disk full');
    for (let count = 0; count < 3; count++) await period(5);
    await book.tick();
    expect(told).toHaveLength(1);
    expect(faults.length).toBeGreaterThan(0);
  });

  it('looks by itself as periods end, also while somebody is slow to be told, until it is stopped', async () => {
    const slow = Promise.withResolvers<void>();
    const { book, clock, told, period } = await opened({ clock: new VirtualClock(start + 3_000), onAlarm: () => slow.promise });
    const stop = new AbortController();
    const running = book.run(stop.signal);
    await book.put(anAlarm('first'));
    for (let count = 0; count < 4; count++) await period(5);
    expect(told.map((event) => messageOf(event).StateChangeTime)).toEqual(['2026-05-04T12:00:20.000+0000']);
    await book.put(anAlarm('second'));
    await clock.advanceTo(start + 50_000);
    expect(told.map((event) => messageOf(event).AlarmName)).toEqual(['first', 'second']);
    stop.abort();
    let ended = false;
    void running.then(() => {
      ended = true;
    });
    await clock.advanceTo(start + 90_000);
    expect(ended).toBe(false);
    slow.resolve();
    await running;
    expect([told.length, clock.nextWake()]).toEqual([2, undefined]);
  });
});
