import * as z from 'zod';
import type { AlarmOwner } from '../ports/alarms.ts';

const text = z.string().min(1).max(255);
export const alarmOwner = z.object({ runId: text, environment: text, component: text, guardrail: text, flag: text });

/** What stands in the description of an alarm, and so in the message that it sends: JSON, within CloudWatch's 1,024 characters. */
export const describeAlarmOwner = (owner: AlarmOwner): string => JSON.stringify(alarmOwner.parse(owner));

/** The owner that a description names; undefined where it is no alarm of Slipway's. */
export function parseAlarmOwner(description: string): AlarmOwner | undefined {
  try {
    return alarmOwner.safeParse(JSON.parse(description)).data;
  } catch {
    return undefined;
  }
}
