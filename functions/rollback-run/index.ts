import { runEndpoints } from '../../shared/api/run-endpoints.ts';
import { goBack } from '../../shared/run/command-run.ts';
import { goBackTo } from '../../shared/run/roll-back-to.ts';
import { loadRun } from '../../shared/run/run-access.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { loadPlan } from '../plans.ts';

const core: ApiCore<'rollback-run'> = async ({ runId, component, reason, stands }, deps, { actor }) => {
  const said = { actor, reason, stands };
  if (component === undefined) return goBack(deps, runId, said);
  const { run } = await loadRun(deps, runId);
  const { phases } = await loadPlan(deps.artefacts, run.plan.digest);
  return goBackTo(deps, runId, { component, phases }, said);
};

export const create = apiFunction(runEndpoints['rollback-run'], core);
export const handler = onAws(create);
