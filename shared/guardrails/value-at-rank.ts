/** Values, and how often each was seen; as many of one as of the other. */
interface Weighted {
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

/**
 * The smallest value for which the counts of all values up to it reach `rank`; the largest where they never do. Values must
 * not be empty. By selection, without sorting: an hour of latencies takes milliseconds. Reorders what it is given.
 */
export function valueAtRank({ values, counts }: Weighted, rank: number): number {
  let [first, last] = [0, values.length - 1];
  let below = 0;
  for (;;) {
    const pivot = middle(value(first), value((first + last) >>> 1), value(last));
    let [less, at, more] = [first, first, last];
    let [lessCount, sameCount] = [0, 0];
    while (at <= more) {
      if (value(at) < pivot) {
        lessCount += counts[at] ?? 0;
        swap(less++, at++);
      } else if (value(at) > pivot) {
        swap(at, more--);
      } else {
        sameCount += counts[at++] ?? 0;
      }
    }
    const reached = below + lessCount >= rank;
    if (reached && less > first) last = less - 1;
    else if (below + lessCount + sameCount >= rank || more === last) return pivot;
    else {
      below += lessCount + sameCount;
      first = more + 1;
    }
  }

  function value(place: number): number {
    return values[place] ?? Number.NaN;
  }

  function swap(one: number, other: number): void {
    const [kept, count] = [value(one), counts[one] ?? 0];
    values[one] = value(other);
    counts[one] = counts[other] ?? 0;
    values[other] = kept;
    counts[other] = count;
  }
}

const middle = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
