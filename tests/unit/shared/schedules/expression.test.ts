import { describe, expect, it } from 'vitest';
import { readExpression } from '../../../../shared/schedules/expression.ts';

const read = (text: string, zone = 'UTC') => readExpression(text, zone);

describe('an expression of EventBridge Scheduler', () => {
  it.each([
    'rate(1 minute)',
    'rate(5 minutes)',
    'rate(1 hours)',
    'rate(7 days)',
    'at(2026-11-22T13:00:00)',
    'cron(0 10 * * ? *)',
    'cron(15 12 ? * * *)',
    'cron(0/10 * ? * MON-FRI *)',
    'cron(0 8 1 * ? *)',
    'cron(0 18 ? * mon-fri *)',
    'cron(0 9 ? JAN,jul 2#1 2026-2030)',
    'cron(0 9 L * ? *)',
    'cron(0 9 3W * ? *)',
    'cron(0 9 ? * 6L *)',
    'cron(0 9 ? * L *)',
    'cron(5,35 14 * * ? 2026/2)',
    'cron(*/15 0-6/2 * * ? *)',
  ])('takes %s', (text) => {
    expect(read(text)).toMatchObject({ ok: true });
  });

  it.each([
    ['cron(0 10 * * * *)', /\? as its day/],
    ['cron(0 10 ? * ? *)', /\? as its day/],
    ['cron(0 10 * * ?)', /has 5 fields/],
    ['cron(60 10 * * ? *)', /'60' as its minutes, which is 0 to 59/],
    ['cron(0 24 * * ? *)', /hours/],
    ['cron(0 10 32 * ? *)', /day of the month/],
    ['cron(0 10 ? * 0 *)', /SUN to SAT/],
    ['cron(0 10 ? * 8 *)', /day of the week/],
    ['cron(0 10 ? * MON#6 *)', /#1 to #5/],
    ['cron(0 10 ? * MON#1,TUE#2 *)', /day of the week/],
    ['cron(0 10 ? * FRI-MON *)', /backwards/],
    ['cron(0 10 LW * ? *)', /day of the month/],
    ['cron(0 10 1W,15W * ? *)', /day of the month/],
    ['cron(0 10 * FOO ? *)', /JAN to DEC/],
    ['cron(0 10 * * ? 2200)', /year/],
    ['cron(0/0 10 * * ? *)', /minutes/],
    ['cron(*-5 10 * * ? *)', /minutes/],
    ['cron(1-2-3 10 * * ? *)', /minutes/],
    ['cron(, 10 * * ? *)', /minutes/],
    ['rate(0 minutes)', /no rate/],
    ['rate(-1 minutes)', /no rate/],
    ['rate(5 weeks)', /no rate/],
    ['at(2026-02-30T10:00:00)', /no time/],
    ['at(2026-11-22T24:00:00)', /no time/],
    ['at(2026-11-22)', /no time/],
    ['every day', /no at/],
    ['', /no at/],
  ])('refuses %s and says why', (text, why) => {
    expect(read(text)).toMatchObject({ ok: false, problem: expect.stringMatching(why) });
  });

  it.each(['+01:00', 'Mars/Olympus', ''])('refuses the zone %s', (zone) => {
    expect(read('rate(1 hour)', zone)).toMatchObject({ ok: false, problem: expect.stringContaining('no time zone') });
  });

  it('refuses a single time over which clocks are put forward', () => {
    expect(read('at(2026-03-29T02:30:00)', 'Europe/Berlin')).toMatchObject({
      problem: expect.stringContaining('does not exist'),
    });
  });

  it('takes the first of a single time that comes twice', () => {
    const instant = Date.parse('2026-10-25T00:30:00Z');
    expect(read('at(2026-10-25T02:30:00)', 'Europe/Berlin')).toEqual({ ok: true, expression: { kind: 'at', instant } });
  });
});
