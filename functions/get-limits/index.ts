import { limitsInForce } from '../../shared/admission/limits-in-force.ts';
import { limitsEndpoints } from '../../shared/api/limits-endpoints.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'get-limits'> = async (_, deps) => limitsInForce(deps);

export const create = apiFunction(limitsEndpoints['get-limits'], core);
export const handler = onAws(create);
