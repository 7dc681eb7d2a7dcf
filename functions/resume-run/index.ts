import { runEndpoints } from '../../shared/api/run-endpoints.ts';
import { goOnWith } from '../go-on-with.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'resume-run'> = (input, deps, { actor }) => goOnWith(deps, input, actor, 'Resumed');

export const create = apiFunction(runEndpoints['resume-run'], core);
export const handler = onAws(create);
