import * as z from 'zod';
import type { AlarmOwner } from '../ports/alarms.ts';

const text = z.string().min(1).max(255);
const owner = z.object({ runId: text, environment: text, component: text, guardrail: text, flag: text });

/** What stands in the description of an alarm, and so in the message that it sends: JSON, within CloudWatch's 1,024 characters. */
export const describeAlarmOwner = (alarmOwner: AlarmOwner): string => JSON.stringify(owner.parse(alarmOwner));

/** The owner that a description names; undefined where it is no alarm of Slipway's. */
export function parseAlarmOwner(description: string): AlarmOwner | undefined {
  try {
    return owner.safeParse(JSON.parse(description)).data;
  } catch {
    return undefined;
  }
}
