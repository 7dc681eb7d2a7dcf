/** What one report says of a metric: values, and how often each was seen (once, where `counts` is absent), as in PutMetricData. */
export interface Datapoint {
  /** ms since 1970. */
  readonly at: number;
  readonly values: readonly number[];
  readonly counts?: readonly number[];
}

/** Clocks of senders may be ahead by so much. */
const CLOCK_MARGIN_MS = 10_000;
/** CloudWatch takes nothing that is older. */
const OLDEST_MS = 14 * 86_400_000;
/** Nor any value beyond this, and with it the whole request is refused. */
const LARGEST = 2 ** 360;

/** Why a datapoint cannot be used, as a predicate ("lies ..."); undefined where it can. */
export function datapointProblem({ at, values, counts }: Datapoint, now: number): string | undefined {
  if (!Number.isFinite(at)) return `has the time ${at}`;
  if (at > now + CLOCK_MARGIN_MS) return `lies ${Math.round((at - now) / 1000)} s in the future`;
  if (at < now - OLDEST_MS) return 'is more than two weeks old';
  if (values.length === 0) return 'has no values';
  if (counts !== undefined && counts.length !== values.length) return `has ${values.length} values and ${counts.length} counts`;
  const odd = values.find((value) => !(Math.abs(value) <= LARGEST));
  if (odd !== undefined) return `has the value ${odd}`;
  const oddCount = counts?.find((count) => !(count >= 0 && Number.isFinite(count)));
  return oddCount === undefined ? undefined : `has the count ${oddCount}`;
}
