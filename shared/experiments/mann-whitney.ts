import { finiteValues } from './invalid-sample-error.ts';
import { normalUpperTail } from './normal-tail.ts';

export interface MannWhitneyResult {
  /** Pairs in which the treatment is greater; a tie counts half. */
  readonly u: number;
  /** The share of such pairs: 0.5 where neither is greater. */
  readonly superiority: number;
  /** Of a difference in either direction. */
  readonly p: number;
  /** Of a treatment that is greater. */
  readonly pGreater: number;
  readonly method: 'exact' | 'normal';
}

/** Above so many values together the normal approximation is as good, and exact counting slow. */
const EXACT_UP_TO = 50;

/**
 * The Mann-Whitney U test. Up to 50 values it is exact, ties or no ties: the distribution over all ways of dealing the
 * values, ties and all, to the two samples. Beyond that it is normal, corrected for ties and continuity.
 */
export function mannWhitney(control: readonly number[], treatment: readonly number[]): MannWhitneyResult {
  finiteValues('The control', control, 1);
  finiteValues('The treatment', treatment, 1);
  const groups = tieGroups(control, treatment);
  const pairs = control.length * treatment.length;
  const u = uOf(groups);
  const isExact = control.length + treatment.length <= EXACT_UP_TO;
  const { p, pGreater } = isExact
    ? exact(groups, treatment.length, u, pairs)
    : normal(groups, control.length, treatment.length, u);
  return { u, superiority: u / pairs, p, pGreater, method: isExact ? 'exact' : 'normal' };
}

/** Values that are equal: how many of them, and how many are the treatment's; in ascending order. */
interface TieGroup {
  readonly size: number;
  readonly treated: number;
}

function tieGroups(control: readonly number[], treatment: readonly number[]): TieGroup[] {
  const groups = new Map<number, { size: number; treated: number }>();
  // Adding 0 makes -0 and 0 one value.
  const at = (value: number): { size: number; treated: number } => {
    const group = groups.get(value + 0) ?? { size: 0, treated: 0 };
    groups.set(value + 0, group);
    return group;
  };
  for (const value of control) at(value).size += 1;
  for (const value of treatment) {
    const group = at(value);
    group.size += 1;
    group.treated += 1;
  }
  return [...groups].sort(([one], [other]) => one - other).map(([, group]) => group);
}

function uOf(groups: readonly TieGroup[]): number {
  let [u, controlsBelow] = [0, 0];
  for (const { size, treated } of groups) {
    const controls = size - treated;
    u += treated * (controlsBelow + controls / 2);
    controlsBelow += controls;
  }
  return u;
}

/**
 * Counts the ways group by group: ways[k][s] is in how many ways k of the values so far are the treatment's with twice
 * their U (so that it is whole) being s.
 */
function exact(
  groups: readonly TieGroup[],
  treated: number,
  u: number,
  pairs: number,
): Pick<MannWhitneyResult, 'p' | 'pGreater'> {
  let ways: Float64Array[] = Array.from({ length: treated + 1 }, () => new Float64Array(2 * pairs + 1));
  ways[0]?.fill(1, 0, 1);
  let below = 0;
  for (const { size } of groups) {
    ways = withGroup(ways, size, below, treated, 2 * pairs);
    below += size;
  }
  const distribution = ways[treated] ?? new Float64Array();
  let [all, least, most] = [0, 0, 0];
  for (const [twice, count] of distribution.entries()) {
    all += count;
    if (twice >= 2 * u) least += count;
    if (twice <= 2 * u) most += count;
  }
  return { p: Math.min(1, (2 * Math.min(least, most)) / all), pGreater: least / all };
}

function withGroup(ways: readonly Float64Array[], size: number, below: number, treated: number, limit: number): Float64Array[] {
  const next = Array.from({ length: treated + 1 }, () => new Float64Array(limit + 1));
  for (const [taken, row] of ways.entries()) {
    const controlsBelow = below - taken;
    let choices = 1;
    for (let take = 0; take <= Math.min(size, treated - taken); take += 1) {
      const gain = take * (2 * controlsBelow + (size - take));
      const target = next[taken + take] ?? new Float64Array();
      for (let s = 0; s + gain <= limit; s += 1) target[s + gain] = (target[s + gain] ?? 0) + choices * (row[s] ?? 0);
      choices = (choices * (size - take)) / (take + 1);
    }
  }
  return next;
}

function normal(
  groups: readonly TieGroup[],
  controls: number,
  treated: number,
  u: number,
): Pick<MannWhitneyResult, 'p' | 'pGreater'> {
  const n = controls + treated;
  const pairs = controls * treated;
  const ties = groups.reduce((sum, { size }) => sum + size ** 3 - size, 0);
  const deviation = Math.sqrt((pairs / 12) * (n + 1 - ties / (n * (n - 1))));
  if (!(deviation > 0)) return { p: 1, pGreater: 0.5 };
  const z = (distance: number): number => (distance - 0.5) / deviation;
  const middle = pairs / 2;
  return { p: Math.min(1, 2 * normalUpperTail(z(Math.abs(u - middle)))), pGreater: normalUpperTail(z(u - middle)) };
}
