import { runEndpoints } from '../../shared/api/run-endpoints.ts';
import { goBack } from '../../shared/run/command-run.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'rollback-run'> = ({ runId, reason, stands }, deps, { actor }) =>
  goBack(deps, runId, { actor, reason, stands });

export const create = apiFunction(runEndpoints['rollback-run'], core);
export const handler = onAws(create);
