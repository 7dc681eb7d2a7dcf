import type { Datapoint, SeriesName } from '../ports/metrics.ts';

/** Clocks of senders may be ahead by so much. */
const CLOCK_MARGIN_MS = 10_000;
/** CloudWatch takes nothing that is older. */
const OLDEST_MS = 14 * 86_400_000;
/** Nor any value beyond this, and with it the whole request is refused. */
const LARGEST = 2 ** 360;

/** CloudWatch takes printable ASCII alone, and refuses with one such name all that was sent beside it. */
const NAME = /^(?!:)(?=.*[\x21-\x7e])[\x20-\x7e]{1,255}$/;
const WORD = /^(?=.*[\x21-\x7e])[\x20-\x7e]{1,1024}$/;
const MOST_DIMENSIONS = 30;

/** Why CloudWatch would not take a series, as a predicate; undefined where it would. */
export function seriesProblem({ namespace, metric, dimensions }: SeriesName): string | undefined {
  const names = [namespace, metric, ...Object.keys(dimensions)];
  const odd = names.find((name) => !NAME.test(name)) ?? Object.values(dimensions).find((word) => !WORD.test(word));
  if (odd !== undefined) return `has the name ${JSON.stringify(odd.slice(0, 80))}, and only printable ASCII can be one`;
  const count = Object.keys(dimensions).length;
  return count > MOST_DIMENSIONS ? `has ${count} dimensions, and ${MOST_DIMENSIONS} are the most` : undefined;
}

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
