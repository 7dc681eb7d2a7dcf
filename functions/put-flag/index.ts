import { flagEndpoints } from '../../shared/api/flag-endpoints.ts';
import { fromSimple } from '../../shared/flags/simple-flag.ts';
import { completes, requireWindowClosed } from '../../shared/rollout/no-way-back.ts';
import type { FlagDocument } from '../../shared/run/flag-state.ts';
import { loadFlag, putFlag } from '../../shared/run/put-flag.ts';
import { compiled, loadEvaluators, refers, requireStorable, viewOf } from '../flags.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'put-flag'> = async ({ key, environment: named, flag, simple, reason, ifRev }, deps, { actor }) => {
  const environment = named ?? deps.environment;
  const definition = simple ? fromSimple(simple) : flag;
  const document = JSON.parse(JSON.stringify(definition)) as FlagDocument;
  requireStorable('flag', document);
  // Refused here rather than by whoever evaluates it: a rule that cannot be compiled serves nobody.
  const rules = refers(document) ? await loadEvaluators(deps, environment) : {};
  compiled(deps, { flags: { [key]: document }, $evaluators: rules }, environment);
  if (completes(document)) {
    const found = await loadFlag(deps.store, environment, key);
    if (found) await requireWindowClosed({ store: deps.store, now: deps.clock.now() }, found);
  }
  return viewOf(await putFlag(deps, { environment, key, document, actor, reason, ifRev }));
};

export const create = apiFunction(flagEndpoints['put-flag'], core);
export const handler = onAws(create);
