import { viewEndpoints } from '../../shared/api/view-endpoints.ts';
import { viewUsage } from '../../shared/api/view-usage.ts';
import { loadRun } from '../../shared/run/run-access.ts';
import { usageOf } from '../../shared/usage/run-usage.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'get-usage'> = async ({ runId }, deps) => {
  const { run } = await loadRun(deps, runId);
  return viewUsage(run, await usageOf(deps.store, runId));
};

export const create = apiFunction(viewEndpoints['get-usage'], core);
export const handler = onAws(create);
