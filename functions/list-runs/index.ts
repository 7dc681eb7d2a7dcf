import { mayWait, standings } from '../../shared/admission/queue.ts';
import { runEndpoints } from '../../shared/api/run-endpoints.ts';
import { type RunState, readRun } from '../../shared/run/run-state.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

/** Pages that are looked through for runs that are wanted, and that the caller may see, before it is told to go on. */
const MOST_PAGES = 10;

const core: ApiCore<'list-runs'> = async ({ limit, cursor: from, ...wanted }, deps, { sees }) => {
  const { environment, status, plan, target, actor } = wanted;
  const isWanted = (run: RunState): boolean =>
    sees(run.environment) &&
    run.environment === (environment ?? run.environment) &&
    run.status === (status ?? run.status) &&
    run.plan.name === (plan ?? run.plan.name) &&
    run.target === (target ?? run.target) &&
    run.actor === (actor ?? run.actor);
  const runs: RunState[] = [];
  let cursor = from;
  for (let pages = 0; pages === 0 || (cursor !== undefined && runs.length < limit && pages < MOST_PAGES); pages += 1) {
    const page = await deps.store.listIndex('listing', 'run', {
      limit: limit - runs.length,
      descending: true,
      ...(cursor === undefined ? {} : { cursor }),
    });
    runs.push(...page.items.map(readRun).filter(isWanted));
    cursor = page.cursor;
  }
  const waiting = runs.some(mayWait) ? await standings(deps) : undefined;
  const told = runs.map((run) => ({ ...run, turn: waiting?.get(run.id) }));
  return { runs: told, ...(cursor === undefined ? {} : { cursor }) };
};

export const create = apiFunction(runEndpoints['list-runs'], core);
export const handler = onAws(create);
