import type { Cron, Days } from './cron-fields.ts';
import { instantOf, type LocalTime, localAt } from './zone.ts';

/**
 * The instants (epoch ms), ascending, at which a cron expression is due after one. EventBridge Scheduler documents: a local time that does
 * not exist, as clocks are put forward, is skipped; one that comes twice, as they are put back, is due once, and here at its first.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
 */
export function* cronTimes(cron: Cron, zone: string, after: number): Generator<number> {
  const from = localAt(after, zone);
  for (const local of localTimes(cron, from)) {
    const instant = instantOf(local, zone);
    if (instant !== undefined && instant > after) yield instant;
  }
}

/** By the calendar, from the given minute on. */
function* localTimes(cron: Cron, from: LocalTime): Generator<LocalTime> {
  for (const year of cron.years) {
    if (year < from.year) continue;
    for (const month of cron.months) {
      if (year === from.year && month < from.month) continue;
      const thisMonth = year === from.year && month === from.month;
      for (const day of daysIn(cron.days, year, month)) {
        if (thisMonth && day < from.day) continue;
        yield* timesOn(cron, { year, month, day }, thisMonth && day === from.day ? from : undefined);
      }
    }
  }
}

function* timesOn(
  { hours, minutes }: Cron,
  date: Pick<LocalTime, 'year' | 'month' | 'day'>,
  from: LocalTime | undefined,
): Generator<LocalTime> {
  for (const hour of hours) {
    if (from && hour < from.hour) continue;
    for (const minute of minutes) {
      if (from && hour === from.hour && minute < from.minute) continue;
      yield { ...date, hour, minute, second: 0 };
    }
  }
}

/** Days of a month that are meant, ascending. A day that the month does not have is none of them. */
function daysIn(days: Days, year: number, month: number): readonly number[] {
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const all = Array.from({ length: last }, (_, at) => at + 1);
  const weekdayOf = (day: number) => new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
  switch (days.by) {
    case 'day':
      return all.filter((day) => days.days.has(day));
    case 'last-day':
      return [last];
    case 'nearest-weekday':
      return days.day > last ? [] : [nearestWeekday(days.day, last, weekdayOf(days.day))];
    case 'weekday':
      return all.filter((day) => days.weekdays.has(weekdayOf(day)));
    case 'nth-weekday':
      return all.filter((day) => weekdayOf(day) === days.weekday && Math.ceil(day / 7) === days.nth);
    case 'last-weekday':
      return all.filter((day) => weekdayOf(day) === days.weekday && day + 7 > last);
  }
}

const SUNDAY = 1;
const SATURDAY = 7;

/** Never in another month. */
function nearestWeekday(day: number, last: number, weekday: number): number {
  if (weekday === SATURDAY) return day === 1 ? 3 : day - 1;
  if (weekday === SUNDAY) return day === last ? day - 2 : day + 1;
  return day;
}
