import { dashboardEndpoints } from '../../shared/api/dashboard-endpoints.ts';
import type { RollbackRecord } from '../../shared/run/rollback-record.ts';
import { readRun } from '../../shared/run/run-state.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { readRollbacks } from '../rollbacks.ts';

/** Pages of runs that one call looks through: most runs were never turned back. */
const MOST_PAGES = 10;

const core: ApiCore<'list-rollbacks'> = async ({ limit, cursor: from, ...wanted }, deps, { sees }) => {
  const { environment, plan, target, component, cause, outcome } = wanted;
  const rollbacks: RollbackRecord[] = [];
  let cursor = from;
  for (let pages = 0; pages === 0 || (cursor !== undefined && rollbacks.length < limit && pages < MOST_PAGES); pages += 1) {
    const page = await deps.store.listIndex('listing', 'run', {
      limit: limit - rollbacks.length,
      descending: true,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const runs = page.items
      .map(readRun)
      .filter(
        (run) =>
          run.direction === 'back' &&
          sees(run.environment) &&
          run.environment === (environment ?? run.environment) &&
          run.plan.name === (plan ?? run.plan.name) &&
          run.target === (target ?? run.target) &&
          (component === undefined || run.components.some(({ name }) => name === component)),
      );
    const found = await readRollbacks(deps, runs);
    rollbacks.push(
      ...found.filter(
        (one) =>
          one.cause === (cause ?? one.cause) &&
          one.outcome === (outcome ?? one.outcome) &&
          (component === undefined || !one.kept.includes(component)),
      ),
    );
    cursor = page.cursor;
  }
  return { rollbacks, ...(cursor === undefined ? {} : { cursor }) };
};

export const create = apiFunction(dashboardEndpoints['list-rollbacks'], core);
export const handler = onAws(create);
