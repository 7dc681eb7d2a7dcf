import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lateFrom } from '../../../../../shared/secrets/rotation/late-from.ts';

const at = (text: string): number => Date.parse(`${text}Z`);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const last = at('2026-03-10T08:00:00');
const settings = { enabled: true, changedAt: at('2026-01-01T00:00:00') };

describe('from when on a rotation is late', () => {
  it.each([
    ['every 30 days, and two more', 'rate(30 days)', {}, last + 32 * DAY],
    ['every day, and another one', 'rate(1 day)', {}, last + 2 * DAY],
    ['every 4 hours, and 4 more', 'rate(4 hours)', {}, last + 8 * HOUR],
    ['at the first of a month, and two days more', 'cron(0 8 1 * ? *)', {}, at('2026-04-03T08:00:00')],
    ['on the last Sunday of a month, and two days more', 'cron(0 16 ? * 1L *)', {}, at('2026-03-31T16:00:00')],
    ['every 8 hours, and 8 more', 'cron(0 0/8 * * ? *)', {}, at('2026-03-11T00:00:00')],
    ['with the window in which it may begin', 'rate(30 days)', { window: 3 * HOUR }, last + 32 * DAY + 3 * HOUR],
    ['by the next time that its keeper tells, where nobody else reads the schedule', 'cron(0 8 LW * ? *)', { next: 7 }, Infinity],
  ])('is told: %s', (_, expression, more, expected) => {
    const late = lateFrom({ expression, window: 0, last, ...more }, settings);
    expect(late).toBe(expected === Infinity ? 7 + 2 * DAY : expected);
  });

  it('counts from what its settings were made at where it was never rotated', () => {
    expect(lateFrom({ expression: 'rate(30 days)', window: 0 }, settings)).toBe(settings.changedAt + 32 * DAY);
  });

  it.each([
    ['a person has it rotated more often', { every: 7 * DAY }, last + 9 * DAY],
    ['a person has it rotated less often', { every: 90 * DAY }, last + 32 * DAY],
    ['it is disabled for people', { every: 7 * DAY, enabled: false }, last + 32 * DAY],
  ])('is the earlier of two schedules where %s', (_, more, expected) => {
    expect(lateFrom({ expression: 'rate(30 days)', window: 0, last }, { ...settings, ...more })).toBe(expected);
  });

  it('is not known where nothing can be read and nobody tells', () => {
    expect(lateFrom({ expression: 'cron(0 8 LW * ? *)', window: 0, last }, settings)).toBeUndefined();
  });

  it('is after one time at which it is due, and never after the next two', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 24_000 }), fc.integer({ min: 0, max: 4e12 }), (hours, from) => {
        const late = lateFrom({ expression: `rate(${hours} hours)`, window: 0, last: from }, settings) ?? Number.NaN;
        expect(late).toBeGreaterThan(from + hours * HOUR);
        expect(late).toBeLessThanOrEqual(from + 2 * hours * HOUR);
      }),
    );
  });
});
