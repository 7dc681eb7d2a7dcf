import { z } from 'zod';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const PERCENT = /^(\d+(?:\.\d+)?)%$/;

/** A duration such as `500ms`, `2s`, `10m`, `1.5h` or `3d`; parsed to milliseconds. */
export const duration = z
  .string()
  .regex(DURATION, 'is a duration such as 500ms, 2s, 10m, 1.5h or 3d')
  .transform((text) => {
    const [, amount = '0', unit = 'ms'] = DURATION.exec(text) ?? [];
    return Math.round(Number(amount) * (UNIT_MS[unit] ?? 1));
  });

/** A share such as `0.1%`; parsed to a fraction from 0 to 1. */
export const percent = z
  .string()
  .regex(PERCENT, 'is a percentage such as 0.1%')
  .transform((text) => Number(PERCENT.exec(text)?.[1] ?? 0) / 100)
  .refine((share) => share <= 1, 'is a percentage from 0% to 100%');
