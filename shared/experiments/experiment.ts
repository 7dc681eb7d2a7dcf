import * as z from 'zod';
import { EXPERIMENTS, flagKey } from '../flags/flag-document.ts';
import type { Store } from '../ports/store.ts';
import { loadFlag } from '../run/put-flag.ts';

const DAY_MS = 86_400_000;
/** How long what was recorded is kept after the last behaviour that counts. */
const KEPT_DAYS = 30;

const word = z.string().min(1).max(64);
export const experimentKey = z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'must be 1 to 48 of a-z, 0-9 and -');

const measure = z.strictObject({
  name: word,
  /** As programs call it when they `track`. */
  event: word,
  /** Of each subject: whether it ever did that, or the sum of the values of what it did. */
  kind: z.enum(['conversion', 'mean']),
  better: z.enum(['higher', 'lower']).default('higher'),
  /** Promoted only once this one is better; any other must only not be worse. */
  primary: z.boolean().default(false),
});

/** What is asked of a flag's two variations. */
export const experiment = z
  .strictObject({
    flag: flagKey,
    control: word,
    treatment: word,
    /** How subjects are dealt between the two; they need not sum to 100. */
    shares: z.strictObject({ control: z.number().gt(0), treatment: z.number().gt(0) }).default({ control: 50, treatment: 50 }),
    /** So long subjects are taken in. */
    days: z.number().int().min(1).max(90).default(28),
    /** So long after its first exposure counts what a subject does. */
    withinDays: z.number().gt(0).max(30).default(7),
    /** The share of keys that are recorded, by hash: of both sides alike. */
    sample: z.number().gt(0).max(1).default(1),
    minSample: z.number().int().min(1).max(10_000_000).default(1000),
    alpha: z.number().gt(0).max(0.2).default(0.05),
    measures: z.array(measure).min(1).max(10),
    /** Events in the order in which they are to be done. */
    funnel: z.array(word).max(10).default([]),
  })
  .superRefine(({ control, treatment, measures }, context) => {
    const names = measures.map(({ name }) => name);
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (control === treatment) refuse('treatment', 'must be another variation than the control');
    if (new Set(names).size < names.length) refuse('measures', 'must have different names');
    if (!measures.some(({ primary }) => primary)) refuse('measures', 'must have a primary one: what the experiment is for');
  });
export type Experiment = z.output<typeof experiment>;

/** An experiment as it is kept. */
export const keptExperiment = z.object({
  ...experiment.shape,
  key: z.string(),
  /** Of this start; salts the hashes of keys. */
  id: z.string(),
  /** Epoch ms. */
  startedAt: z.number(),
  stoppedAt: z.number().optional(),
});
export type KeptExperiment = z.output<typeof keptExperiment>;
const kept = z.record(z.string(), keptExperiment);

export interface EnvironmentExperiments {
  readonly experiments: readonly KeptExperiment[];
  /** 0: there were never any. */
  readonly rev: number;
}

export async function loadExperiments(store: Store, environment: string): Promise<EnvironmentExperiments> {
  const stored = await loadFlag(store, environment, EXPERIMENTS);
  return { experiments: Object.values(kept.parse(stored?.document ?? {})), rev: stored?.rev ?? 0 };
}

export const endsAt = ({ startedAt, stoppedAt, days }: KeptExperiment): number => stoppedAt ?? startedAt + days * DAY_MS;

/** Whether subjects are taken in. `now`: epoch ms. */
export const runs = (one: KeptExperiment, now: number): boolean => now < endsAt(one);

export const withinMs = ({ withinDays }: Experiment): number => withinDays * DAY_MS;

/** Epoch seconds after which nobody needs what was recorded. */
export const expiresAt = ({ startedAt, days, withinDays }: KeptExperiment): number =>
  Math.ceil((startedAt + (days + withinDays + KEPT_DAYS) * DAY_MS) / 1000);

/** Whether its measures or its funnel count that event. */
export const counts = ({ measures, funnel }: Experiment, event: string): boolean =>
  funnel.includes(event) || measures.some((one) => one.event === event);
