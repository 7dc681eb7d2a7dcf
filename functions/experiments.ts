import type { ExperimentView } from '../shared/api/experiments.ts';
import { ExperimentNotFoundError, ExperimentTooLargeError } from '../shared/errors/experiment-errors.ts';
import { endsAt, type KeptExperiment, loadExperiments, runs } from '../shared/experiments/experiment.ts';
import { readSubject, SHARDS, type Subject, shardKey } from '../shared/experiments/subject.ts';
import type { Deps } from './deps.ts';

export const experimentViewOf = (one: KeptExperiment, environment: string, now: number): ExperimentView => ({
  ...one,
  environment,
  running: runs(one, now),
  endsAt: endsAt(one),
});

export async function requireExperiment(deps: Deps, environment: string, key: string): Promise<KeptExperiment> {
  const { experiments } = await loadExperiments(deps.store, environment);
  const found = experiments.find((one) => one.key === key);
  if (found) return found;
  throw new ExperimentNotFoundError(`There is no experiment ${key} in ${environment}.`, { next: 'slipway experiments list' });
}

/** Every subject of an experiment, all partitions side by side. `until`: epoch ms by which it answers. */
export async function subjectsOf(deps: Deps, { id, key }: KeptExperiment, until: number): Promise<readonly Subject[]> {
  const shards = Array.from({ length: SHARDS }, (_, shard) => shardOf(deps, shardKey(id, shard), until, key));
  return (await Promise.all(shards)).flat();
}

async function shardOf({ store, clock }: Deps, pk: string, until: number, key: string): Promise<Subject[]> {
  const subjects: Subject[] = [];
  let cursor: string | undefined;
  do {
    if (clock.now() > until) {
      const next = 'Start it anew with a smaller `sample`: both sides are recorded by that share.';
      throw new ExperimentTooLargeError(`The experiment ${key} has more subjects than can be read in one call.`, { next });
    }
    const page = await store.list(pk, cursor === undefined ? {} : { cursor });
    subjects.push(...page.items.map(readSubject));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return subjects;
}
