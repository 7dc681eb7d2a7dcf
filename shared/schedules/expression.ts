import { type Cron, CronProblem, parseCron } from './cron-fields.ts';
import { asUtc, instantOf, isZone, type LocalTime, localAt } from './zone.ts';

/** When a schedule is due, as EventBridge Scheduler writes it. Durations in ms. */
export type Expression =
  | { readonly kind: 'at'; readonly instant: number }
  | { readonly kind: 'rate'; readonly every: number }
  | { readonly kind: 'cron'; readonly cron: Cron };

export type ReadExpression =
  | { readonly ok: true; readonly expression: Expression }
  /** A sentence without its full stop. */
  | { readonly ok: false; readonly problem: string };

const MINUTE = 60_000;
const UNITS: { readonly [unit: string]: number } = { minute: MINUTE, hour: 60 * MINUTE, day: 24 * 60 * MINUTE };

/** Reads `at(...)`, `rate(...)` or `cron(...)`, whose times are those of clocks in the zone. */
export function readExpression(text: string, zone: string): ReadExpression {
  if (!isZone(zone)) return { ok: false, problem: `${zone} is no time zone of IANA's, such as Europe/Berlin or UTC` };
  const [, kind, within = ''] = /^(at|rate|cron)\(([^()]*)\)$/.exec(text.trim()) ?? [];
  if (kind === 'at') return readAt(within, zone);
  if (kind === 'rate') return readRate(within);
  if (kind === 'cron') return readCron(within);
  return { ok: false, problem: `'${text}' is no at(...), rate(...) or cron(...)` };
}

function readAt(text: string, zone: string): ReadExpression {
  const [, ...parts] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(text) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  const local: LocalTime = { year, month, day, hour, minute, second };
  if (parts.length !== 6 || !isTime(local))
    return { ok: false, problem: `at(${text}) is no time; it is written at(2026-03-29T02:30:00)` };
  const instant = instantOf(local, zone);
  if (instant !== undefined) return { ok: true, expression: { kind: 'at', instant } };
  return { ok: false, problem: `at(${text}) does not exist in ${zone}: clocks are put forward over it` };
}

/** 31 June would pass as 1 July, and 24:00 as the next day. */
function isTime(local: LocalTime): boolean {
  const shown = localAt(asUtc(local), 'UTC');
  return Object.entries(local).every(([part, value]) => shown[part as keyof LocalTime] === value);
}

function readRate(text: string): ReadExpression {
  const [, count, unit = ''] = /^(\d{1,6}) (minute|hour|day)s?$/.exec(text) ?? [];
  const every = Number(count ?? 0) * (UNITS[unit] ?? 0);
  if (every > 0) return { ok: true, expression: { kind: 'rate', every } };
  return { ok: false, problem: `rate(${text}) is no rate; it is written rate(5 minutes), in minutes, hours or days` };
}

function readCron(text: string): ReadExpression {
  try {
    return { ok: true, expression: { kind: 'cron', cron: parseCron(text) } };
  } catch (error) {
    if (error instanceof CronProblem) return { ok: false, problem: `cron(${text}) ${error.message}` };
    throw error;
  }
}
