import { viewEndpoints } from '../../shared/api/view-endpoints.ts';
import { viewRun } from '../../shared/api/view-run.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { readRunRecords } from '../run-records.ts';

const core: ApiCore<'get-run'> = async ({ runId }, deps) => viewRun(await readRunRecords(deps, runId));

export const create = apiFunction(viewEndpoints['get-run'], core);
export const handler = onAws(create);
