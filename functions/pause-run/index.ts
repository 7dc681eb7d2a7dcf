import { runEndpoints } from '../../shared/api/run-endpoints.ts';
import { pauseRun } from '../../shared/run/command-run.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'pause-run'> = ({ runId }, deps, { actor }) => pauseRun(deps, runId, actor);

export const create = apiFunction(runEndpoints['pause-run'], core);
export const handler = onAws(create);
