import type * as z from 'zod';
import { tripGuardrail } from '../../shared/rollout/trip-guardrail.ts';
import type { Deps } from '../deps.ts';
import { alarmEvent, firedAlarms } from '../fired-alarms.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

/**
 * What is no alarm of a guardrail, or does not fire, sets nothing off, and is not sent again either. Of several each is tried, before
 * an error has them all delivered once more.
 */
async function core(event: z.output<typeof alarmEvent>, deps: Deps) {
  const tried = await Promise.allSettled(
    (await firedAlarms(deps.store, event)).map(async ({ owner, ...alarm }) => ({
      alarm: alarm.name,
      ...(await tripGuardrail(deps, owner, alarm)),
    })),
  );
  const failed = tried.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return { tripped: tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])) };
}

export const create = machineFunction({ input: alarmEvent, core });
export const handler = onAws(create);
