import type { Exposure } from '../shared/flags/cohort.ts';
import { exposureSeries } from '../shared/flags/exposure-series.ts';
import type { TrackedBatch } from '../shared/flags/flag-feed.ts';
import { murmur3 } from '../shared/flags/murmur3.ts';

type Data = NonNullable<TrackedBatch['data']>;

/** Keys that are remembered of one flag, by hash; beyond that it begins anew, and counts some of them twice. */
const MOST_KEYS = 200_000;

interface Seen {
  readonly keys: Set<number>;
  readonly fresh: Map<string, number>;
}

/** How many keys were shown each variation of each flag, every key once as long as the flag stays as it is. */
export class Exposures {
  readonly #environment: string;
  readonly #flags = new Map<string, Seen>();

  constructor(environment: string) {
    this.#environment = environment;
  }

  count({ flag, key, cohort }: Exposure): void {
    const seen = this.#flags.get(flag) ?? { keys: new Set<number>(), fresh: new Map<string, number>() };
    this.#flags.set(flag, seen);
    const hash = murmur3(key);
    if (seen.keys.has(hash)) return;
    if (seen.keys.size >= MOST_KEYS) seen.keys.clear();
    seen.keys.add(hash);
    seen.fresh.set(cohort, (seen.fresh.get(cohort) ?? 0) + 1);
  }

  /** These flags have changed: a stage of a rollout counts its own subjects. */
  forget(flags: readonly string[]): void {
    for (const flag of flags) this.#flags.get(flag)?.keys.clear();
  }

  /** What was counted since the last call, as metrics at `at` (epoch ms), and no more of them than `most`: the rest comes next. */
  take(at: number, most: number): Data {
    const taken: Data = [];
    for (const [flag, { fresh }] of this.#flags) {
      for (const [variation, count] of fresh) {
        if (taken.length >= most) return taken;
        taken.push({ ...exposureSeries(this.#environment, flag, variation), at, values: [count] });
        fresh.delete(variation);
      }
    }
    return taken;
  }

  /** What could not be handed on counts with what comes. */
  giveBack(data: Data): void {
    for (const { dimensions, values } of data) {
      const { flag = '', variation = '' } = dimensions;
      const fresh = this.#flags.get(flag)?.fresh;
      fresh?.set(variation, (fresh.get(variation) ?? 0) + (values[0] ?? 0));
    }
  }
}
