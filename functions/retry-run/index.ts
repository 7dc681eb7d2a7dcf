import { runEndpoints } from '../../shared/api/run-endpoints.ts';
import { goOnWith } from '../go-on-with.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'retry-run'> = (input, deps, { actor }) => goOnWith(deps, input, actor, 'Retried');

export const create = apiFunction(runEndpoints['retry-run'], core);
export const handler = onAws(create);
