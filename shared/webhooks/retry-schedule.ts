const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Pauses in ms after the first, second, … attempt that failed: a little over 24 hours in all. */
const PAUSES = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 8 * HOUR, 9 * HOUR] as const;

/** When to try again after so many attempts, up to a tenth later than the pause; undefined: it is given up. `random` is in [0, 1). */
export function retryAt(attempts: number, now: number, random: number): number | undefined {
  const pause = PAUSES[attempts - 1];
  return pause === undefined ? undefined : Math.round(now + pause * (1 + random / 10));
}
