import * as z from 'zod';
import type { Item, Key } from '../../ports/store.ts';
import { readable, storedEvent } from '../../run/run-state.ts';
import { canFit, DEFAULT_RULE } from '../make-value.ts';
import { secretName } from '../secret-name.ts';

/** What can be rotated. All but `postgresql-single-user` take the old credential and the new one side by side. */
export const systemName = z.enum(['postgresql', 'postgresql-single-user', 'mysql', 'redis', 'ssh-key', 'two-keys']);

export type SystemName = z.output<typeof systemName>;

export const valueRule = z
  .strictObject({
    length: z.int().min(8).max(512).default(DEFAULT_RULE.length),
    classes: z
      .array(z.enum(['lower', 'upper', 'digit', 'symbol']))
      .min(1)
      .max(4)
      .default([...DEFAULT_RULE.classes]),
    /** Characters that no value has. */
    exclude: z.string().max(100).default(''),
    prefix: z.string().max(64).default(''),
  })
  .refine(canFit, 'fits no value: something must be left of every class that is named');

const DAY = 86_400_000;
export const DEFAULT_OVERLAP = 900_000;
/** A credential that stays valid for longer beside another is no rotation any more. */
export const LONGEST_OVERLAP = 30 * DAY;
/** As Secrets Manager has it. */
const SHORTEST_EVERY = DAY / 6;
const LONGEST_EVERY = 1000 * DAY;

/** How one secret is rotated: what a person says of it. */
export const rotationPolicy = z.object({
  system: systemName,
  /** Of `two-keys`: the task that knows the service, `./file.ts#export` of `baseDir` or the name of a declared Task. */
  task: z.string().optional(),
  baseDir: z.string().optional(),
  /** For how long the old credential stays valid beside the new one, ms. */
  overlap: z.int().min(0).max(LONGEST_OVERLAP),
  /** How a password is made. */
  rule: valueRule,
  /** Whether it is rotated at all. */
  enabled: z.boolean(),
  /** From one rotation to the next, ms; absent: only when somebody asks for it. */
  every: z.int().min(SHORTEST_EVERY).max(LONGEST_EVERY).optional(),
});
export type RotationPolicy = z.output<typeof rotationPolicy>;

export const rotationSettings = rotationPolicy.extend({
  secretId: z.string(),
  environment: z.string(),
  actor: z.string(),
  reason: z.string(),
  /** Epoch ms. */
  changedAt: z.number(),
  rev: z.number(),
  lastEvent: storedEvent.optional(),
});
export type RotationSettings = z.output<typeof rotationSettings>;

export const rotationSettingsKey = (secretId: string): Key => ({ pk: `SECRET#${secretName(secretId)}`, sk: 'SETTINGS' });

export const readSettings = (item: Item): RotationSettings => rotationSettings.parse(readable(item));

export const overlapsOf = ({ system, overlap }: Pick<RotationPolicy, 'system' | 'overlap'>): boolean =>
  overlap > 0 && system !== 'postgresql-single-user';
