import * as z from 'zod';
import { name, prose, targetName } from '../notation/names.ts';
import { check } from './check.ts';
import { component, retry, timeouts } from './component.ts';
import { LIST_LIMIT } from './plan-places.ts';

export type { Check } from './check.ts';
export type {
  ApprovalComponent,
  BatchComponent,
  Component,
  Retry,
  RolloutComponent,
  RotateComponent,
  TaskComponent,
  Timeouts,
  ValidateComponent,
  WaitComponent,
} from './component.ts';

const phase = z
  .strictObject({
    name: name.describe('Unique in the plan.'),
    after: z.array(name).max(LIST_LIMIT).default([]).describe('Phases that must have ended before this one starts.'),
    components: z.array(component).min(1).max(LIST_LIMIT).describe('What may run side by side.'),
    validate: z.array(check).max(LIST_LIMIT).prefault([]).describe('Checks that must pass before a later phase starts.'),
  })
  .describe('Components that may run side by side.');

export const plan = z
  .strictObject({
    slipway: z.literal(1).describe('The version of this format.'),
    name: name.describe('The name of the plan.'),
    description: prose(2000).optional().describe('For people.'),
    target: targetName.describe('`environment/name`: what is locked.'),
    retry: retry.prefault({}).describe('Retries of each call to a store or a function.'),
    timeouts: timeouts.prefault({}).describe('Time-outs by operation.'),
    onFailure: z
      .enum(['rollback', 'stop'])
      .default('rollback')
      .describe('`stop` leaves what was done in place, for a person to decide.'),
    semaphores: z
      .array(name)
      .max(10)
      .optional()
      .describe('Named permits of the environment: a run holds one of each while it is under way.'),
    phases: z.array(phase).min(1).max(LIST_LIMIT).describe('What is done.'),
  })
  .describe('A Slipway plan.');

export type Plan = z.output<typeof plan>;
export type PlanInput = z.input<typeof plan>;
export type Phase = z.output<typeof phase>;
