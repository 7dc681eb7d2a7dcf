import * as z from 'zod';
import type { AlarmOwner } from '../../shared/ports/alarms.ts';
import { parseAlarmOwner } from '../../shared/rollout/alarm-owner.ts';
import { tripGuardrail } from '../../shared/rollout/trip-guardrail.ts';
import { ownersOf } from '../../shared/rollout/watched-alarms.ts';
import type { Deps } from '../deps.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';

/** As SNS hands on what CloudWatch says of an alarm that Slipway has made. */
const told = z.object({ Records: z.array(z.object({ Sns: z.object({ Message: z.string() }) })).min(1) });
/** As EventBridge does of any alarm: the team's own name no run. */
const changed = z.object({
  source: z.literal('aws.cloudwatch'),
  detail: z.object({ alarmName: z.string(), state: z.object({ value: z.string(), reason: z.string().default('') }) }),
});
const input = z.union([told, changed]);
const message = z.object({
  AlarmName: z.string(),
  /** Null where an alarm has none. */
  AlarmDescription: z
    .string()
    .nullish()
    .transform((found) => found ?? ''),
  NewStateValue: z.string(),
  NewStateReason: z.string().default(''),
});

/**
 * What is no alarm of a guardrail, or does not fire, sets nothing off, and is not sent again either. Of several each is tried, before
 * an error has them all delivered once more.
 */
async function core(event: z.output<typeof input>, deps: Deps) {
  const fired =
    'Records' in event ? event.Records.flatMap(({ Sns }) => firedIn(Sns.Message)) : await watching(deps, event.detail);
  const tried = await Promise.allSettled(
    fired.map(async ({ owner, ...alarm }) => ({ alarm: alarm.name, ...(await tripGuardrail(deps, owner, alarm)) })),
  );
  const failed = tried.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return { tripped: tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])) };
}

interface Fired {
  readonly owner: AlarmOwner;
  readonly name: string;
  readonly reason: string;
}

async function watching({ store }: Deps, { alarmName: name, state }: z.output<typeof changed>['detail']): Promise<Fired[]> {
  if (state.value !== 'ALARM') return [];
  return (await ownersOf(store, name)).map((owner) => ({ owner, name, reason: state.reason }));
}

function firedIn(text: string): Fired[] {
  const alarm = message.safeParse(json(text));
  const owner = alarm.success ? parseAlarmOwner(alarm.data.AlarmDescription) : undefined;
  if (!alarm.success || alarm.data.NewStateValue !== 'ALARM' || !owner) return [];
  return [{ owner, name: alarm.data.AlarmName, reason: alarm.data.NewStateReason }];
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const create = machineFunction({ input, core });
export const handler = onAws(create);
