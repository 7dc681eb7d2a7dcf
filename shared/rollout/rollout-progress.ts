import * as z from 'zod';
import type { WorkState } from '../run/work-state.ts';

/** How far a rollout is, beside its cursor: the stages that were entered. */
export const rolloutProgress = z.object({
  /** Stages that were judged good, or that a person promoted. */
  promoted: z.number().default(0),
  /** When the stage of the cursor was entered, epoch ms. */
  enteredAt: z.number().optional(),
  /** A person has promoted the stages below this one, whatever they lack. */
  byHand: z.number().default(0),
  /** A person wants it held at its stage until it is promoted by hand. */
  heldByHand: z.boolean().default(false),
  /** What it waits for, for people. */
  held: z.array(z.string()).default([]),
  /** When that was written last, epoch ms. */
  heldAt: z.number().optional(),
  /** Guardrails that only alert, and did so at the last look. */
  alerts: z.array(z.string()).default([]),
  /** The last verdict that was written down, with its stage and its time. */
  verdict: z.json().optional(),
});
export type RolloutProgress = z.output<typeof rolloutProgress>;

export const progressOf = (state: Pick<WorkState, 'progress'>): RolloutProgress => rolloutProgress.parse(state.progress ?? {});
