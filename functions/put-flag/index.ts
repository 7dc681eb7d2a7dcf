import { fromSimple } from '../../shared/flags/simple-flag.ts';
import type { FlagDocument } from '../../shared/run/flag-state.ts';
import { putFlag } from '../../shared/run/put-flag.ts';
import { compiled, viewOf } from '../flags.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'put-flag'> = async ({ key, environment: named, flag, simple, reason, ifRev }, deps, { actor }) => {
  const environment = named ?? deps.environment;
  const definition = simple ? fromSimple(simple) : flag;
  // Refused here rather than by whoever evaluates it: a rule that cannot be compiled serves nobody.
  compiled(deps, { flags: { [key]: definition } }, environment);
  const document = JSON.parse(JSON.stringify(definition)) as FlagDocument;
  return viewOf(await putFlag(deps, { environment, key, document, actor, reason, ifRev }));
};

export const create = apiFunction('put-flag', core);
export const handler = onAws(create);
