import type { Freeze } from '../plan/rollout.ts';

const MINUTE_MS = 60_000;
const LOOK_AHEAD_MINUTES = 8 * 24 * 60;

/** The first minute (epoch ms) from `now` on at which no window is open; undefined: now, or not within eight days. */
export function frozenUntil(windows: readonly Freeze[], now: number): number | undefined {
  const formats = windows.map((window) => ({ window, format: localTime(window.zone) }));
  const frozen = (at: number) => formats.some(({ window, format }) => covers(window, format, at));
  if (!frozen(now)) return undefined;
  const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  for (let later = 1; later <= LOOK_AHEAD_MINUTES; later += 1)
    if (!frozen(minute + later * MINUTE_MS)) return minute + later * MINUTE_MS;
  return minute + LOOK_AHEAD_MINUTES * MINUTE_MS;
}

const localTime = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

function covers({ days, from, to }: Freeze, format: Intl.DateTimeFormat, at: number): boolean {
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const time = `${parts['hour']}:${parts['minute']}`;
  const day = (parts['weekday'] ?? '').toLowerCase();
  return days.some((name) => name === day) && time >= from && time < to;
}
