import { NotConfirmedError } from '../../shared/api/api-errors.ts';
import { lockEndpoints } from '../../shared/api/lock-endpoints.ts';
import { breakLock } from '../../shared/run/break-lock.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'break-lock'> = async ({ runId: holder, resource, confirm, reason }, deps, { actor }) => {
  if (confirm !== resource) {
    throw new NotConfirmedError(`Breaking ${resource} was not confirmed.`, { next: 'Give the resource again as `confirm`.' });
  }
  const { run } = await breakLock(deps, { resource, holder, actor, reason });
  return { resource, holder, ...(run === undefined ? {} : { status: run.status }) };
};

export const create = apiFunction(lockEndpoints['break-lock'], core);
export const handler = onAws(create);
