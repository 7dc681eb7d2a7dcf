import { validationEndpoints } from '../../shared/api/validation-endpoints.ts';
import { loadRun } from '../../shared/run/run-access.ts';
import { listAsked } from '../../shared/validation/asked-validation.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'list-validations'> = async ({ runId, ...page }, deps) => {
  await loadRun(deps, runId);
  const { validations, ...more } = await listAsked(deps.store, runId, page);
  return { validations: [...validations], ...more };
};

export const create = apiFunction(validationEndpoints['list-validations'], core);
export const handler = onAws(create);
