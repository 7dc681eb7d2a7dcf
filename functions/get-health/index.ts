import { planeEndpoints } from '../../shared/api/plane-endpoints.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { readHealth } from '../plane-health.ts';

const core: ApiCore<'get-health'> = (_input, deps) => readHealth(deps);

export const create = apiFunction(planeEndpoints['get-health'], core);
export const handler = onAws(create);
