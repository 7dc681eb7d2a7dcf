import { compiled, flagsOf } from '../flags.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { evaluated } from '../ofrep.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'evaluate-flag'> = async ({ key, environment: named, context }, deps) => {
  const environment = named ?? deps.environment;
  const { document } = await flagsOf(deps, environment);
  return evaluated(compiled(deps, document, environment), key, context);
};

export const create = apiFunction('evaluate-flag', core);
export const handler = onAws(create);
