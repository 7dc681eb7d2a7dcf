import { validationEndpoints } from '../../shared/api/validation-endpoints.ts';
import { loadRun } from '../../shared/run/run-access.ts';
import { requireAsked } from '../../shared/validation/asked-validation.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'get-validation'> = async ({ runId, validationId }, deps) => {
  await loadRun(deps, runId);
  return requireAsked(deps.store, runId, validationId);
};

export const create = apiFunction(validationEndpoints['get-validation'], core);
export const handler = onAws(create);
