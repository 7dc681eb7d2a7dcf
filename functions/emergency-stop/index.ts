import { planeEndpoints } from '../../shared/api/plane-endpoints.ts';
import { emergencyStop, liftHalt } from '../../shared/rollout/emergency-stop.ts';
import { type ApiCore, apiFunction } from '../middleware/api-function.ts';
import { onAws } from '../on-aws.ts';

const core: ApiCore<'emergency-stop'> = async ({ environment: named, reason, lift }, deps, { actor }) => {
  const environment = named ?? deps.environment;
  if (lift) {
    await liftHalt(deps, environment, { actor, reason });
    return { environment, halted: false, flags: [], runs: [], problems: [] };
  }
  const { flags, runs, problems } = await emergencyStop(deps, environment, { actor, reason });
  return { environment, halted: true, flags: [...flags], runs: [...runs], problems: [...problems] };
};

export const create = apiFunction(planeEndpoints['emergency-stop'], core);
export const handler = onAws(create);
