import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readExpression } from '../../../../shared/schedules/expression.ts';
import { latestTimes, nextTimes, type Timing } from '../../../../shared/schedules/occurrences.ts';
import { localAt } from '../../../../shared/schedules/zone.ts';

const at = (iso: string): number => Date.parse(iso);

function timing(text: string, zone = 'UTC', more: Partial<Timing> = {}): Timing {
  const read = readExpression(text, zone);
  if (!read.ok) throw new TypeError(read.problem);
  return { expression: read.expression, zone, anchor: 0, ...more };
}

const next = (text: string, zone: string, after: string, count: number) =>
  nextTimes(timing(text, zone), at(after), count).map((time) => new Date(time).toISOString().slice(0, 16));

describe('cron expressions', () => {
  it.each([
    ['cron(0 10 * * ? *)', '2026-11-22T10:00Z', ['2026-11-23T10:00', '2026-11-24T10:00']],
    ['cron(0 8 1 * ? *)', '2026-11-22T00:00Z', ['2026-12-01T08:00', '2027-01-01T08:00']],
    ['cron(0/10 * ? * MON-FRI *)', '2026-11-22T23:55Z', ['2026-11-23T00:00', '2026-11-23T00:10']],
    ['cron(0 9 L * ? *)', '2028-01-31T09:00Z', ['2028-02-29T09:00', '2028-03-31T09:00']],
    ['cron(0 9 ? * 6L *)', '2026-11-22T00:00Z', ['2026-11-27T09:00', '2026-12-25T09:00']],
    ['cron(0 9 ? * TUE#2 *)', '2026-11-22T00:00Z', ['2026-12-08T09:00', '2027-01-12T09:00']],
    ['cron(0 9 ? * 3#5 *)', '2026-11-22T00:00Z', ['2026-12-29T09:00', '2027-03-30T09:00']],
    ['cron(0 9 ? * L *)', '2026-11-22T00:00Z', ['2026-11-28T09:00', '2026-12-05T09:00']],
    ['cron(0 0 29 2 ? *)', '2026-01-01T00:00Z', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['cron(0 0 31 * ? *)', '2026-04-01T00:00Z', ['2026-05-31T00:00', '2026-07-31T00:00']],
    ['cron(0 0 1 1 ? 2026/2)', '2026-01-01T00:00Z', ['2028-01-01T00:00', '2030-01-01T00:00']],
  ])('%s after %s', (text, after, wanted) => {
    expect(next(text, 'UTC', after, 2)).toEqual(wanted);
  });

  it('never leaves its month for the nearest weekday', () => {
    // 1 August 2026 is a Saturday, 31 May a Sunday, 15 November a Sunday, 14 November a Saturday.
    expect(next('cron(0 9 1W 8 ? 2026)', 'UTC', '2026-01-01T00:00Z', 1)).toEqual(['2026-08-03T09:00']);
    expect(next('cron(0 9 31W 5 ? 2026)', 'UTC', '2026-01-01T00:00Z', 1)).toEqual(['2026-05-29T09:00']);
    expect(next('cron(0 9 15W 11 ? 2026)', 'UTC', '2026-01-01T00:00Z', 1)).toEqual(['2026-11-16T09:00']);
    expect(next('cron(0 9 14W 11 ? 2026)', 'UTC', '2026-01-01T00:00Z', 1)).toEqual(['2026-11-13T09:00']);
    expect(next('cron(0 9 31W 6 ? *)', 'UTC', '2026-01-01T00:00Z', 1)).toEqual([]);
  });

  it('is due no more where its years are over or its day never comes', () => {
    expect(next('cron(0 0 1 1 ? 2020)', 'UTC', '2026-01-01T00:00Z', 3)).toEqual([]);
    expect(next('cron(0 0 30 2 ? *)', 'UTC', '2026-01-01T00:00Z', 1)).toEqual([]);
  });
});

/** By zone: a time within each gap, and one within each hour (or half hour) that comes twice. */
describe.each([
  {
    zone: 'Europe/Berlin',
    spring: { text: 'cron(30 2 * * ? *)', after: '2026-03-27T12:00Z', times: ['2026-03-28T01:30', '2026-03-30T00:30'] },
    autumn: { text: 'cron(30 2 * * ? *)', after: '2026-10-24T12:00Z', times: ['2026-10-25T00:30', '2026-10-26T01:30'] },
    hourly: { after: '2026-10-24T23:30Z', times: ['2026-10-25T00:00', '2026-10-25T02:00', '2026-10-25T03:00'] },
  },
  {
    zone: 'America/New_York',
    spring: { text: 'cron(15 2 * * ? *)', after: '2026-03-06T12:00Z', times: ['2026-03-07T07:15', '2026-03-09T06:15'] },
    autumn: { text: 'cron(15 1 * * ? *)', after: '2026-10-31T12:00Z', times: ['2026-11-01T05:15', '2026-11-02T06:15'] },
    hourly: { after: '2026-11-01T04:30Z', times: ['2026-11-01T05:00', '2026-11-01T07:00', '2026-11-01T08:00'] },
  },
  {
    // Clocks are put forward and back by half an hour.
    zone: 'Australia/Lord_Howe',
    spring: { text: 'cron(15 2 * * ? *)', after: '2026-10-02T18:00Z', times: ['2026-10-04T15:15', '2026-10-05T15:15'] },
    autumn: { text: 'cron(45 1 * * ? *)', after: '2026-04-03T18:00Z', times: ['2026-04-04T14:45', '2026-04-05T15:15'] },
    hourly: { after: '2026-04-04T13:30Z', times: ['2026-04-04T14:00', '2026-04-04T15:30', '2026-04-04T16:30'] },
  },
])('clocks in $zone', ({ zone, spring, autumn, hourly }) => {
  it('skip a cron time that they are put forward over', () => {
    expect(next(spring.text, zone, spring.after, 2)).toEqual(spring.times);
  });

  it('bring a cron time that comes twice once, at its first', () => {
    expect(next(autumn.text, zone, autumn.after, 2)).toEqual(autumn.times);
  });

  it('bring no hour of an hourly cron twice', () => {
    expect(next('cron(0 * * * ? *)', zone, hourly.after, 3)).toEqual(hourly.times);
  });

  it('leave a rate of days at 24 hours', () => {
    for (const day of [spring.after, autumn.after]) {
      const daily = timing('rate(1 days)', zone, { anchor: at(day) });
      expect(nextTimes(daily, at(day), 3)).toEqual([1, 2, 3].map((days) => at(day) + days * 86_400_000));
    }
  });
});

describe('a zone with an offset of 45 minutes', () => {
  it('keeps local times', () => {
    expect(next('cron(0 9 * * ? *)', 'Asia/Kathmandu', '2026-11-22T00:00Z', 1)).toEqual(['2026-11-22T03:15']);
  });

  it('skips a day that never was', () => {
    expect(next('cron(0 12 30 12 ? 2011)', 'Pacific/Apia', '2011-12-01T00:00Z', 1)).toEqual([]);
  });
});

describe('start and end', () => {
  it('bound what recurs, themselves included', () => {
    const bounded = timing('rate(1 hour)', 'UTC', { anchor: 0, start: 3_600_000 * 2, end: 3_600_000 * 4 });
    expect(nextTimes(bounded, -1, 9)).toEqual([2, 3, 4].map((hours) => hours * 3_600_000));
  });

  it('leave a single time alone', () => {
    const single = timing('at(2026-11-22T13:00:00)', 'UTC', { start: at('2027-01-01T00:00Z'), end: 0 });
    expect(nextTimes(single, 0, 2)).toEqual([at('2026-11-22T13:00Z')]);
    expect(nextTimes(single, at('2026-11-22T13:00Z'), 2)).toEqual([]);
  });
});

const zones = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Africa/Casablanca',
);
const field = (from: number, to: number) =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min: from, max: to }).map(String),
    fc.tuple(fc.integer({ min: from, max: to }), fc.integer({ min: 1, max: 9 })).map(([first, step]) => `${first}/${step}`),
  );
const crons = fc
  .tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12))
  .map(([minute, hour, day, month]) => `cron(${minute} ${hour} ${day} ${month} ? *)`);
const instants = fc.integer({ min: at('2025-01-01T00:00Z'), max: at('2028-01-01T00:00Z') });

describe('times', () => {
  it('ascend, lie after the instant, and show what the expression says on the clock of the zone', () => {
    fc.assert(
      fc.property(crons, zones, instants, (text, zone, after) => {
        const wanted = timing(text, zone);
        const times = nextTimes(wanted, after, 5);
        expect(times).toHaveLength(5);
        for (const [index, time] of times.entries()) {
          expect(time).toBeGreaterThan(times[index - 1] ?? after);
          const { minute, hour, day, month, second } = localAt(time, zone);
          const { cron } = wanted.expression as Extract<Timing['expression'], { kind: 'cron' }>;
          const days = cron.days as Extract<typeof cron.days, { by: 'day' }>;
          expect(cron.minutes.includes(minute) && cron.hours.includes(hour) && cron.months.includes(month)).toBe(true);
          expect(days.days.has(day) && second === 0).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('are the same however they are asked for', () => {
    fc.assert(
      fc.property(
        fc.oneof(crons, fc.constant('rate(7 minutes)')),
        zones,
        instants,
        fc.integer({ min: 1, max: 8 }),
        (text, zone, after, most) => {
          const wanted = timing(text, zone);
          const all = nextTimes(wanted, after, 12);
          const until = all.at(-1) ?? after;
          expect(all.map((_, index) => nextTimes(wanted, all[index - 1] ?? after, 1)[0])).toEqual(all);
          expect(latestTimes(wanted, { after, until }, most)).toEqual({ times: all.slice(-most), more: all.length > most });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of a year of minutes are not walked through for the newest few', () => {
    const minutely = timing('cron(* * * * ? *)', 'Europe/Berlin');
    const [after, until] = [at('2025-11-22T00:00Z'), at('2026-11-22T00:00Z')];
    const { times, more } = latestTimes(minutely, { after, until }, 3);
    expect([times, more]).toEqual([[2, 1, 0].map((minutes) => until - minutes * 60_000), true]);
  });
});
