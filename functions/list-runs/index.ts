import { runEndpoints } from '../../shared/api/run-endpoints.ts';
import { readRun } from '../../shared/run/run-state.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'list-runs'> = async ({ limit, cursor }, deps) => {
  const page = await deps.store.listIndex('listing', 'run', {
    limit,
    descending: true,
    ...(cursor === undefined ? {} : { cursor }),
  });
  return { runs: page.items.map(readRun), ...(page.cursor === undefined ? {} : { cursor: page.cursor }) };
};

export const create = apiFunction(runEndpoints['list-runs'], core);
export const handler = onAws(create);
