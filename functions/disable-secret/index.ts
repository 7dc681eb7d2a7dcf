import { secretEndpoints } from '../../shared/api/secret-endpoints.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { changeOf, switchRotation } from '../secrets.ts';

const core: ApiCore<'disable-secret'> = (asked, deps, call) => switchRotation(deps, changeOf(asked, deps, call), false);

export const create = apiFunction(secretEndpoints['disable-secret'], core);
export const handler = onAws(create);
