import * as z from 'zod';
import type { Alarm } from '../../../shared/ports/alarms.ts';

const text = z.string().min(1);
const whole = z.number().int().min(1);

const definition = z.object({
  metrics: z.record(text, z.object({ metric: text, statistic: text })),
  expression: text,
  operator: z.enum(['>', '>=', '<', '<=']),
  threshold: z.number(),
  periodMs: whole,
  evaluationPeriods: whole,
  datapointsToAlarm: whole,
  missing: z.enum(['missing', 'ignore', 'breaching', 'notBreaching']),
  lowSamples: z.enum(['evaluate', 'ignore']),
});

const alarm = z.object({
  name: text,
  owner: z.object({ runId: text, environment: text, component: text, guardrail: text, flag: text }),
  definition,
  series: z.record(text, z.object({ namespace: text, metric: text, dimensions: z.record(z.string(), z.string()) })),
  acts: z.boolean(),
}) satisfies z.ZodType<Alarm>;

/** An alarm with what must outlive the process: its state, and the message that nobody has taken yet. */
export const keptAlarm = z.object({
  alarm,
  state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  reason: z.string(),
  untold: z.string().optional(),
});

export type KeptAlarm = z.infer<typeof keptAlarm>;

/** Where the alarms of an embedded control plane outlive it. */
export interface AlarmShelf {
  read(): Promise<readonly KeptAlarm[]>;
  /** In place of what was there, whole or not at all. */
  write(alarms: readonly KeptAlarm[]): Promise<void>;
}
