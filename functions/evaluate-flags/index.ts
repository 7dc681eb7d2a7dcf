import { flagEndpoints } from '../../shared/api/flag-endpoints.ts';
import { compiled, flagsOf } from '../flags.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { ofrepCall } from '../middleware/ofrep-call.ts';
import { evaluated } from '../ofrep.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'evaluate-flags'> = async ({ environment: named, context }, deps) => {
  const environment = named ?? deps.environment;
  const { document } = await flagsOf(deps, environment);
  const flags = compiled(deps, document, environment);
  return { flags: flags.keys.map((key) => evaluated(flags, key, context)) };
};

export const create = apiFunction(flagEndpoints['evaluate-flags'], core, { problem: ofrepCall });
export const handler = onAws(create);
