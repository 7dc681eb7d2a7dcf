import * as z from 'zod';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d)$/;
const PERCENT = /^(-?\d{1,12}(?:\.\d{1,12})?)%$/;
/** Step Functions ends an execution after a year; nothing in a plan may take longer. */
const YEAR_MS = 365 * 86_400_000;

const outOfRange = (message: string) => ({ message, params: { code: 'OUT_OF_RANGE' } });
const durationText = z.string({ error: 'must be a duration such as 500ms, 2s, 10m, 1.5h or 3d' });

/** A duration such as `500ms`, `2s`, `10m`, `1.5h` or `3d`, from 0 to 365d; parsed to milliseconds. */
export const duration = durationText
  .regex(DURATION, 'must be a duration such as 500ms, 2s, 10m, 1.5h or 3d')
  .transform((text) => {
    const [, amount = '0', unit = 'ms'] = DURATION.exec(text) ?? [];
    return Math.round(Number(amount) * (UNIT_MS[unit] ?? 1));
  })
  .refine((ms) => ms <= YEAR_MS, outOfRange('must be at most 365d'));

/** A duration that leaves time to do something: at least 1ms. */
export const positiveDuration = duration.refine((ms) => ms >= 1, outOfRange('must be longer than 0'));

/** A duration from 1ms to `longest` (ms); `why` says in a few words what sets the limit. */
export const durationUpTo = (longest: number, why: string) =>
  positiveDuration.refine((ms) => ms <= longest, outOfRange(`must be at most ${formatDuration(longest)}, ${why}`));

/** A share such as `0.1%`; parsed to a fraction from 0 to 1. */
export const percent = z
  .string({ error: 'must be a percentage such as 0.1%' })
  .regex(PERCENT, 'must be a percentage such as 0.1%')
  .transform((text) => Number(PERCENT.exec(text)?.[1] ?? 0) / 100)
  .refine((share) => share >= 0 && share <= 1, outOfRange('must be from 0% to 100%'));

/** The index of the first number that is smaller than the one before it, or -1. */
export function firstFall(numbers: readonly number[]): number {
  return numbers.findIndex((number, index) => number < (numbers[index - 1] ?? Number.NEGATIVE_INFINITY));
}

/** `90000` as `1.5m`: the largest unit that needs no more than two decimals. */
export function formatDuration(ms: number): string {
  const units = Object.entries(UNIT_MS).reverse();
  const [unit, size] = units.find(([, size]) => ms >= size && Number.isInteger((ms / size) * 100)) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}

/** `0.001` as `0.1%`. */
export function formatPercent(share: number): string {
  return `${Number((share * 100).toPrecision(12))}%`;
}
