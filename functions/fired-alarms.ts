import * as z from 'zod';
import type { AlarmOwner } from '../shared/ports/alarms.ts';
import type { Store } from '../shared/ports/store.ts';
import { parseAlarmOwner } from '../shared/rollout/alarm-owner.ts';
import { ownersOf } from '../shared/rollout/watched-alarms.ts';

/** As SNS hands on what CloudWatch says of an alarm that Slipway has made. */
const told = z.object({ Records: z.array(z.object({ Sns: z.object({ Message: z.string() }) })).min(1) });
/** As EventBridge does of any alarm: the team's own name no run. */
const changed = z.object({
  source: z.literal('aws.cloudwatch'),
  detail: z.object({ alarmName: z.string(), state: z.object({ value: z.string(), reason: z.string().default('') }) }),
});
export const alarmEvent = z.union([told, changed]);

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

/** An alarm that went off, and whom it takes back. */
interface Fired {
  readonly owner: AlarmOwner;
  readonly name: string;
  readonly reason: string;
}

/** What is no alarm of a rollout, or does not fire, is left out. */
export async function firedAlarms(store: Store, event: z.output<typeof alarmEvent>): Promise<readonly Fired[]> {
  if ('Records' in event) return event.Records.flatMap(({ Sns }) => firedIn(Sns.Message));
  const { alarmName: name, state } = event.detail;
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
