import type { CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import * as z from 'zod';
import type { AlarmReading } from '../../shared/guardrails/evaluate-alarm.ts';

/** What CloudWatch tells beside the reason of a plain alarm. */
const reasonData = z.object({
  recentDatapoints: z.array(z.number().nullable()).default([]),
  evaluatedDatapoints: z
    .array(z.object({ timestamp: z.string(), value: z.number().optional(), sampleCount: z.number().optional() }))
    .default([]),
});

/** CloudWatch tells figure and sample as they were at the last transition, and of composite alarms none. */
export function alarmReading({ StateValue, StateReason, StateReasonData }: MetricAlarm | CompositeAlarm): AlarmReading {
  return {
    state: StateValue ?? 'INSUFFICIENT_DATA',
    reason: StateReason ?? 'CloudWatch gives no reason.',
    ...figureOf(StateReasonData),
    refused: [],
  };
}

function figureOf(data: string | undefined): Pick<AlarmReading, 'value' | 'sample'> {
  const parsed = reasonData.safeParse(json(data));
  if (!parsed.success) return { value: null, sample: 0 };
  const { evaluatedDatapoints, recentDatapoints } = parsed.data;
  const [newest] = evaluatedDatapoints
    .filter(({ value }) => value !== undefined)
    .sort((one, other) => Date.parse(other.timestamp) - Date.parse(one.timestamp));
  return {
    value: newest?.value ?? recentDatapoints.findLast((value) => value !== null) ?? null,
    sample: evaluatedDatapoints.reduce((sum, { sampleCount = 0 }) => sum + sampleCount, 0),
  };
}

function json(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
