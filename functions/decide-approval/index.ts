import { runEndpoints } from '../../shared/api/run-endpoints.ts';
import { decideApproval } from '../../shared/approval/decide-approval.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'decide-approval'> = async ({ runId, component, decision, reason }, deps, { actor }) => {
  const answer = { approve: decision === 'approve', actor, reason };
  const decided = await decideApproval(deps, runId, component, answer);
  return { component, decision, by: decided.decision.actor };
};

export const create = apiFunction(runEndpoints['decide-approval'], core);
export const handler = onAws(create);
