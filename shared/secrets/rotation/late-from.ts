import { readExpression } from '../../schedules/expression.ts';
import { nextTimes } from '../../schedules/occurrences.ts';
import type { RotationSettings } from './rotation-settings.ts';

/** When a secret is rotated by its keeper. Instants are epoch ms. */
export interface RotationSchedule {
  /** `rate(...)` or `cron(...)`, in UTC. */
  readonly expression: string;
  /** How long a rotation may begin after the time at which it is due, ms. */
  readonly window: number;
  /** Absent: it never was. */
  readonly last?: number;
  /** What the keeper itself takes for the next time, which it may put off again and again. */
  readonly next?: number;
}

/** A rotation may come at any time of its day, and one that failed at first is given another day; ms. */
const PATIENCE_MS = 2 * 86_400_000;

/** From when on a rotation that has not come is late, by the schedule of its secret and by what its settings say; never later than the one after it. */
export function lateFrom(
  { expression, window, last, next }: RotationSchedule,
  { enabled, every, changedAt }: Pick<RotationSettings, 'enabled' | 'every' | 'changedAt'>,
): number | undefined {
  const from = last ?? changedAt;
  const read = readExpression(expression, 'UTC');
  const times = read.ok ? nextTimes({ expression: read.expression, zone: 'UTC', anchor: from }, from, 2) : [];
  const [due = next, after = Number.POSITIVE_INFINITY] = times;
  const ends = due === undefined ? [] : [due + window + Math.min(PATIENCE_MS, after - due)];
  if (enabled && every !== undefined) ends.push(from + every + Math.min(PATIENCE_MS, every));
  return ends.length === 0 ? undefined : Math.min(...ends);
}
