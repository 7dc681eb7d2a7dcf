import { EVERYWHERE } from '../../shared/access/caller.ts';
import { limitsInForce } from '../../shared/admission/limits-in-force.ts';
import { putLimits } from '../../shared/admission/stored-limits.ts';
import { PreconditionRequiredError } from '../../shared/api/api-errors.ts';
import { limitsEndpoints } from '../../shared/api/limits-endpoints.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

/** They hold in every environment, so that is where the administrator must be one. */
const core: ApiCore<'put-limits'> = async ({ ifRev, ...change }, deps, { actor }) => {
  if (ifRev === undefined) {
    throw new PreconditionRequiredError('The change does not say which limits it is of.', {
      next: 'Send If-Match with the etag of GET /v1/limits, or ifRev.',
    });
  }
  return { ...(await limitsInForce(deps)), ...(await putLimits(deps, { ...change, ifRev, actor })) };
};

export const create = apiFunction(limitsEndpoints['put-limits'], core, { environmentsOf: () => [EVERYWHERE] });
export const handler = onAws(create);
