/** Which days of a month a cron expression means. Days of the week from 1, Sunday. */
export type Days =
  | { readonly by: 'day'; readonly days: ReadonlySet<number> }
  | { readonly by: 'last-day' }
  /** The weekday, Monday to Friday, nearest to a day, in the same month. */
  | { readonly by: 'nearest-weekday'; readonly day: number }
  | { readonly by: 'weekday'; readonly weekdays: ReadonlySet<number> }
  | { readonly by: 'nth-weekday'; readonly weekday: number; readonly nth: number }
  | { readonly by: 'last-weekday'; readonly weekday: number };

/** Sorted, each value once. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: Days;
  readonly months: readonly number[];
  readonly years: readonly number[];
}

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MINUTES: Field = { name: 'minutes', from: 0, to: 59 };
const HOURS: Field = { name: 'hours', from: 0, to: 23 };
const DAY: Field = { name: 'day of the month', from: 1, to: 31 };
const MONTH: Field = { name: 'month', from: 1, to: 12, names: MONTHS };
const WEEKDAY: Field = { name: 'day of the week', from: 1, to: 7, names: WEEKDAYS };
const YEAR: Field = { name: 'year', from: 1970, to: 2199 };

/** Says what is wrong with an expression, as the end of a sentence that begins with it. */
export class CronProblem extends Error {}

/**
 * The six fields of EventBridge Scheduler's `cron(minutes hours day-of-month month day-of-week year)`. What its documentation does not
 * name is refused rather than guessed: `LW`, `L-3`, and ranges that run backwards.
 */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/\s+/);
  const [minutes = '', hours = '', day = '', month = '', weekday = '', year = ''] = fields;
  if (fields.length !== 6) throw new CronProblem(`has ${fields.length} fields; minutes, hours, day, month, weekday, year are 6`);
  return {
    minutes: valuesOf(MINUTES, minutes),
    hours: valuesOf(HOURS, hours),
    days: daysOf(day.toUpperCase(), weekday.toUpperCase()),
    months: valuesOf(MONTH, month.toUpperCase()),
    years: valuesOf(YEAR, year),
  };
}

function daysOf(day: string, weekday: string): Days {
  if ((day === '?') === (weekday === '?'))
    throw new CronProblem('must have ? as its day of the month or as its day of the week, and not as both');
  if (weekday !== '?') return weekdaysOf(weekday);
  if (day === 'L') return { by: 'last-day' };
  const [, near] = /^(\d{1,2})W$/.exec(day) ?? [];
  if (near !== undefined) return { by: 'nearest-weekday', day: numberOf(DAY, near) };
  return { by: 'day', days: new Set(valuesOf(DAY, day)) };
}

function weekdaysOf(text: string): Days {
  // The last day of the week, as Saturday is.
  if (text === 'L') return { by: 'weekday', weekdays: new Set([WEEKDAY.to]) };
  const [, last] = /^(\d|[A-Z]{3})L$/.exec(text) ?? [];
  if (last !== undefined) return { by: 'last-weekday', weekday: numberOf(WEEKDAY, last) };
  const [, one, nth] = /^(\d|[A-Z]{3})#(\d)$/.exec(text) ?? [];
  if (one === undefined || nth === undefined) return { by: 'weekday', weekdays: new Set(valuesOf(WEEKDAY, text)) };
  if (Number(nth) < 1 || Number(nth) > 5) throw new CronProblem(`asks for weekday #${nth} of a month; there are #1 to #5`);
  return { by: 'nth-weekday', weekday: numberOf(WEEKDAY, one), nth: Number(nth) };
}

/** `,` joins, `-` spans, `/` steps, `*` is all of them. */
function valuesOf(field: Field, text: string): readonly number[] {
  const values = text.split(',').flatMap((part) => partOf(field, part));
  return [...new Set(values)].sort((a, b) => a - b);
}

function partOf(field: Field, part: string): readonly number[] {
  const [, span = '', step] = /^([^/]+)(?:\/(\d{1,4}))?$/.exec(part) ?? [];
  const [first = '', last, ...more] = span.split('-');
  if (span === '' || more.length > 0) throw unreadable(field, part);
  const from = first === '*' ? field.from : numberOf(field, first);
  const stepped = step === undefined ? from : field.to;
  const to = last === undefined ? (first === '*' ? field.to : stepped) : numberOf(field, last);
  const by = Number(step ?? 1);
  if ((first === '*' && last !== undefined) || by < 1) throw unreadable(field, part);
  if (to < from) throw new CronProblem(`has ${part} as its ${field.name}, which runs backwards`);
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, at) => from + at * by);
}

function numberOf(field: Field, text: string): number {
  const named = field.names?.indexOf(text) ?? -1;
  const value = named >= 0 ? named + field.from : Number(/^\d{1,4}$/.test(text) ? text : Number.NaN);
  if (value >= field.from && value <= field.to) return value;
  throw unreadable(field, text);
}

const unreadable = (field: Field, text: string): CronProblem =>
  new CronProblem(
    `has '${text}' as its ${field.name}, which is ${field.from} to ${field.to}${field.names ? ` or ${field.names[0]} to ${field.names.at(-1)}` : ''}`,
  );
