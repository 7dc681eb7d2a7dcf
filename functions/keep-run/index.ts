import { runEndpoints } from '../../shared/api/run-endpoints.ts';
import { keepRun } from '../../shared/run/command-run.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'keep-run'> = ({ runId, until, reason }, deps, { actor }) => keepRun(deps, runId, { until, reason, actor });

export const create = apiFunction(runEndpoints['keep-run'], core);
export const handler = onAws(create);
