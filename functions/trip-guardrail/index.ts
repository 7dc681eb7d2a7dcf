import * as z from 'zod';
import { parseAlarmOwner } from '../../shared/rollout/alarm-owner.ts';
import { tripGuardrail } from '../../shared/rollout/trip-guardrail.ts';
import type { Deps } from '../deps.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

/** As SNS hands on what CloudWatch says of an alarm. */
const input = z.object({ Records: z.array(z.object({ Sns: z.object({ Message: z.string() }) })).min(1) });
const message = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  NewStateValue: z.string(),
  NewStateReason: z.string().default(''),
});

/** What is no alarm of a guardrail, or does not fire, sets nothing off. */
async function core({ Records }: z.output<typeof input>, deps: Deps) {
  const tripped = [];
  for (const { Sns } of Records) {
    const alarm = message.safeParse(JSON.parse(Sns.Message));
    const owner = alarm.success ? parseAlarmOwner(alarm.data.AlarmDescription) : undefined;
    if (!alarm.success || alarm.data.NewStateValue !== 'ALARM' || !owner) continue;
    const { AlarmName: name, NewStateReason: reason } = alarm.data;
    tripped.push({ alarm: name, ...(await tripGuardrail(deps, owner, { name, reason })) });
  }
  return { tripped };
}

export const create = machineFunction({ input, core });
export const handler = onAws(create);
