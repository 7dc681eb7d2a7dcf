import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type QuietHours, quietHours, quietUntil } from '../../../../shared/alerts/quiet-hours.ts';

const window = (over: object = {}): QuietHours =>
  quietHours.parse({ zone: 'Europe/Berlin', from: '22:00', to: '07:00', ...over });
const at = (text: string) => Date.parse(text);
const until = (text: string, ...windows: QuietHours[]) => {
  const found = quietUntil(windows, at(text));
  return found === undefined ? undefined : new Date(found).toISOString();
};

describe('quietUntil', () => {
  it('lasts over midnight, by the clocks of the zone', () => {
    expect(until('2026-06-10T21:59:59+02:00', window())).toBeUndefined();
    expect(until('2026-06-10T22:00:00+02:00', window())).toBe('2026-06-11T05:00:00.000Z');
    expect(until('2026-06-11T06:59:59+02:00', window())).toBe('2026-06-11T05:00:00.000Z');
    expect(until('2026-06-11T07:00:00+02:00', window())).toBeUndefined();
  });

  it('is over by the new clocks where they are changed on the way', () => {
    expect(until('2026-03-28T22:30:00+01:00', window())).toBe('2026-03-29T05:00:00.000Z');
    expect(until('2026-10-24T22:30:00+02:00', window())).toBe('2026-10-25T06:00:00.000Z');
  });

  it('is over at the next time of day that there is, where its end is one that clocks leap over', () => {
    expect(until('2026-03-29T01:00:00+01:00', window({ to: '02:30' }))).toBe('2026-03-29T01:00:00.000Z');
  });

  it('begins on its days, and lasts into the day after', () => {
    const friday = window({ days: ['Fri'] });
    expect(until('2026-06-12T23:00:00+02:00', friday)).toBe('2026-06-13T05:00:00.000Z');
    expect(until('2026-06-13T03:00:00+02:00', friday)).toBe('2026-06-13T05:00:00.000Z');
    expect(until('2026-06-13T23:00:00+02:00', friday)).toBeUndefined();
  });

  it('joins windows that touch', () => {
    const weekend = window({ zone: 'UTC', from: '00:00', to: '00:00', days: ['Sat', 'Sun'] });
    const night = window({ zone: 'UTC' });
    expect(until('2026-06-12T23:00:00Z', night, weekend)).toBe('2026-06-15T07:00:00.000Z');
  });

  it('refuses a zone that there is not, and a time that there is not', () => {
    expect(quietHours.safeParse({ zone: 'Mars/Base', from: '22:00', to: '07:00' }).success).toBe(false);
    expect(quietHours.safeParse({ zone: 'UTC', from: '24:00', to: '07:00' }).success).toBe(false);
  });

  it('ends at the first whole minute that is not quiet, whatever the windows are', () => {
    const time = fc
      .integer({ min: 0, max: 1439 })
      .map((m) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`);
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata');
    const windows = fc.array(
      fc.record({ zone, from: time, to: time, days: fc.constant(['Mon', 'Wed', 'Sat']) }).map((one) => quietHours.parse(one)),
      { minLength: 1, maxLength: 2 },
    );
    const moment = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2026-12-31T00:00:00Z') });
    fc.assert(
      fc.property(windows, moment, (some, now) => {
        const end = quietUntil(some, now);
        if (end === undefined) return;
        expect(end % 60_000).toBe(0);
        expect(end).toBeGreaterThan(now);
        expect(quietUntil(some, end)).toBeUndefined();
        const before = quietUntil(some, Math.max(now, end - 60_000));
        expect(before).toBe(end);
      }),
      { numRuns: 60 },
    );
  });
});
