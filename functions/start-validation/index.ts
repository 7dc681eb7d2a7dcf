import { validationEndpoints } from '../../shared/api/validation-endpoints.ts';
import { loadRun } from '../../shared/run/run-access.ts';
import { keepAsked, outcomeOf } from '../../shared/validation/asked-validation.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';
import { loadPlan } from '../plans.ts';
import { checksOfPhase, samplePhase } from '../sample-phase.ts';

const core: ApiCore<'start-validation'> = async ({ runId, phase, sampleSize }, deps, { actor, until }) => {
  const { run } = await loadRun(deps, runId);
  const plan = await loadPlan(deps.artefacts, run.plan.digest);
  const lists = checksOfPhase(run.id, plan, phase);
  const at = deps.clock.now();
  const context = { deps, writer: { runId, epoch: run.epoch }, run, plan };
  const results = await samplePhase(context, lists, sampleSize, until);
  const endedAt = deps.clock.now();
  const asked = { id: deps.ids.next(), runId, phase, sampleSize, outcome: outcomeOf(results), results, actor, at, endedAt };
  await keepAsked(deps, asked, run.epoch);
  return asked;
};

export const create = apiFunction(validationEndpoints['start-validation'], core);
export const handler = onAws(create);
