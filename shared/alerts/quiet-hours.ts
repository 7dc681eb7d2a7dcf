import * as z from 'zod';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const day = z.enum(DAYS);
type Day = z.output<typeof day>;
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 22:00');
const zone = z.string().max(64).refine(isZone, 'must be a time zone such as Europe/Berlin or UTC').meta({ format: 'time-zone' });

/** From `from` to `to` by the clocks of `zone`; over midnight where `to` is the earlier, all day where both are the same. */
export const quietHours = z.strictObject({
  zone,
  from: timeOfDay,
  to: timeOfDay,
  /** Those on which it begins. */
  days: z
    .array(day)
    .min(1)
    .max(7)
    .default([...DAYS]),
});
export type QuietHours = z.output<typeof quietHours>;

const MINUTE = 60_000;
const DAY_MINUTES = 1440;
/** Hours that never end are as good as none: after so long an alert is told all the same. */
const LONGEST = 8 * DAY_MINUTES;

/** When the quiet that holds at `at` (epoch ms) is over; undefined: it is not quiet. */
export function quietUntil(windows: readonly QuietHours[], at: number): number | undefined {
  const isQuiet = quietness(windows);
  if (!isQuiet(at)) return undefined;
  // Minute by minute, since clocks that are put forward or back on the way are then nobody's special case.
  let until = Math.floor(at / MINUTE) * MINUTE;
  for (let minutes = 0; minutes < LONGEST && isQuiet(until); minutes += 1) until += MINUTE;
  return until;
}

function quietness(windows: readonly QuietHours[]): (at: number) => boolean {
  const known = windows.map((window) => ({ clock: clockOf(window.zone), ...window }));
  return (at) => known.some(({ clock, from, to, days }) => within(clock(at), minuteOf(from), minuteOf(to), days));
}

function within(now: { day: Day; minute: number }, from: number, to: number, days: readonly Day[]): boolean {
  const begunToday = days.includes(now.day);
  if (from < to) return begunToday && now.minute >= from && now.minute < to;
  const yesterday = DAYS[(DAYS.indexOf(now.day) + DAYS.length - 1) % DAYS.length] as Day;
  return (begunToday && now.minute >= from) || (days.includes(yesterday) && now.minute < to);
}

const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

function clockOf(timeZone: string): (at: number) => { day: Day; minute: number } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return { day: day.parse(parts['weekday']), minute: Number(parts['hour']) * 60 + Number(parts['minute']) };
  };
}

function isZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone });
    return true;
  } catch {
    return false;
  }
}
