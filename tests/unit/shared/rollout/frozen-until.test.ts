import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Freeze } from '../../../../shared/plan/rollout.ts';
import { frozenUntil } from '../../../../shared/rollout/frozen-until.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const at = (time: string): number => Date.parse(time);
const berlin = (over: Partial<Freeze> = {}): Freeze => ({
  days: [...DAYS],
  from: '00:00',
  to: '24:00',
  zone: 'Europe/Berlin',
  ...over,
});

/** The last Sunday of a month, 01:00 UTC: when the clocks of the European Union change. */
const change = (year: number, month: number): number => {
  const last = new Date(Date.UTC(year, month + 1, 0));
  return Date.UTC(year, month, last.getUTCDate() - last.getUTCDay(), 1);
};
/** Local time in Berlin by the directive, not by a library. */
const local = (time: number) => {
  const year = new Date(time).getUTCFullYear();
  const summer = time >= change(year, 2) && time < change(year, 9);
  const there = new Date(time + (summer ? 2 : 1) * HOUR);
  return { day: DAYS[there.getUTCDay()] ?? 'sun', clock: there.toISOString().slice(11, 16) };
};
const covered = ({ days, from, to }: Freeze, time: number): boolean => {
  const { day, clock } = local(time);
  return days.includes(day) && clock >= from && clock < to;
};

const clock = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 1, 30, 59)).map(([hour, minute]) => {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
});
const freezes = fc
  .record({
    days: fc.subarray([...DAYS], { minLength: 1, maxLength: 3 }),
    one: clock,
    other: fc.oneof(clock, fc.constant('24:00')),
  })
  .filter(({ one, other }) => one !== other)
  .map(({ days, one, other }) => berlin({ days, from: one < other ? one : other, to: one < other ? other : one }));
/** Around the changes of 2026 and 2027 as often as elsewhere. */
const times = fc.oneof(
  fc.constantFrom(change(2026, 2), change(2026, 9), change(2027, 2), change(2027, 9)).chain((moment) => {
    return fc.integer({ min: moment - 36 * HOUR, max: moment + 12 * HOUR });
  }),
  fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-12-31T00:00:00Z') }),
);

describe('a freeze', () => {
  it('is over at the first minute of local time that no window covers, also where clocks change', () => {
    fc.assert(
      fc.property(fc.array(freezes, { maxLength: 2 }), times, (windows, now) => {
        const frozen = (time: number) => windows.some((window) => covered(window, time));
        const thaw = frozenUntil(windows, now);
        if (!frozen(now)) {
          expect(thaw).toBeUndefined();
          return;
        }
        if (thaw === undefined) throw new Error('it is frozen and does not thaw');
        expect(frozen(thaw)).toBe(false);
        expect(thaw % MINUTE).toBe(0);
        for (let minute = now; minute < thaw; minute += MINUTE) if (!frozen(minute)) throw new Error(`not frozen at ${minute}`);
      }),
      { numRuns: 150 },
    );
  }, 30_000);

  it('that ends in the hour that is left out ends when the clocks are put forward', () => {
    const window = berlin({ days: ['sun'], from: '01:00', to: '02:30' });
    expect(frozenUntil([window], at('2026-03-29T00:30:00Z'))).toBe(at('2026-03-29T01:00:00Z'));
  });

  it('of the hour that comes twice lasts two', () => {
    const window = berlin({ days: ['sun'], from: '02:00', to: '03:00' });
    expect(frozenUntil([window], at('2026-10-25T00:00:00Z'))).toBe(at('2026-10-25T01:00:00Z') + HOUR);
  });

  it('does not hold a moment outside of it', () => {
    const window = berlin({ days: ['fri'], from: '15:00' });
    expect(frozenUntil([window], at('2026-11-20T13:59:59Z'))).toBeUndefined();
    expect(frozenUntil([window], at('2026-11-20T14:00:00Z'))).toBe(at('2026-11-20T23:00:00Z'));
    expect(frozenUntil([], at('2026-11-20T14:00:00Z'))).toBeUndefined();
  });

  it('that never ends is looked at again in eight days', () => {
    const now = at('2026-11-20T14:00:00Z');
    expect(frozenUntil([berlin()], now)).toBe(now + 8 * 24 * HOUR);
  });
});
