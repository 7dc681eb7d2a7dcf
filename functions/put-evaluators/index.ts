import { FlagInvalidError } from '../../shared/api/api-errors.ts';
import { flagEndpoints } from '../../shared/api/flag-endpoints.ts';
import { FlagRevisionError } from '../../shared/errors/run-errors.ts';
import { EVALUATORS, type Evaluators } from '../../shared/flags/flag-document.ts';
import { effective, type FlagDocument, type FlagState } from '../../shared/run/flag-state.ts';
import { listFlags, putFlag } from '../../shared/run/put-flag.ts';
import type { Deps } from '../deps.ts';
import { compiled, evaluatorsOf, reads, refers, requireStorable } from '../flags.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'put-evaluators'> = async ({ evaluators, environment: named, reason, ifRev }, deps, { actor }) => {
  const environment = named ?? deps.environment;
  const document = JSON.parse(JSON.stringify(evaluators)) as Evaluators;
  requireStorable('set of evaluators', document);
  compiled(deps, { flags: {}, $evaluators: document }, environment);
  const change = { environment, key: EVALUATORS, document: document as FlagDocument, actor, reason, ifRev };
  for (const flag of await listFlags(deps.store, environment)) requireUsable(deps, flag, document);
  try {
    const stored = await putFlag(deps, change);
    return { environment, evaluators: evaluatorsOf(stored), rev: stored.rev };
  } catch (error) {
    if (!(error instanceof FlagRevisionError)) throw error;
    const next = 'slipway evaluators get, then repeat the change on what they are now.';
    throw new FlagRevisionError(`The evaluators of ${environment} are not at that revision any more.`, { next, cause: error });
  }
};

/** A flag is used as it is, and after a rollback as it was. */
function requireUsable(deps: Deps, flag: FlagState, rules: Evaluators): void {
  for (const document of [effective(flag), flag.document, flag.preImage]) {
    if (flag.key.startsWith('$') || document === undefined || !refers(document)) continue;
    const read = reads(deps, { flags: { [flag.key]: document }, $evaluators: rules }, flag.environment);
    if (read.ok) continue;
    const message = `The flag ${flag.key} uses them, and could not be evaluated any more`;
    throw new FlagInvalidError([{ code: 'UNKNOWN_EVALUATOR', path: [], message }, ...read.problems]);
  }
}

export const create = apiFunction(flagEndpoints['put-evaluators'], core);
export const handler = onAws(create);
