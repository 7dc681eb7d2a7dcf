import * as z from 'zod';
import { codeRef } from '../notation/names.ts';
import { rotationPolicy, systemName, valueRule } from '../secrets/rotation/rotation-settings.ts';
import { rotationWindow } from '../secrets/rotation/rotation-state.ts';
import { STEPS } from '../secrets/rotation/rotation-steps.ts';
import { reason } from './endpoint.ts';
import { environment } from './environment.ts';
import { timelineEvent } from './timeline.ts';

const NAME = 'must be the name of a secret: 1 to 256 of letters, digits and /_+=.@-';

/** In a path each `/` of a name is written `:`, which no name has. */
const secretId = z
  .string({ error: NAME })
  .regex(/^[A-Za-z0-9/:_+=.@-]{1,256}$/, NAME)
  .transform((text) => text.replaceAll(':', '/'));
const whichSecret = { secretId, environment };
export const getSecretInput = z.strictObject(whichSecret);

/** The revision that the caller saw, 0 for none; otherwise it is refused (SECRET_REVISION). */
const ifRev = z.int().min(0).optional();
export const secretCommand = z.strictObject({ ...whichSecret, reason: reason.default(''), ifRev });

/** What is left out stays as it is, or as it is at first: an overlap of 15 minutes, 32 letters and digits, enabled. `null`: no more. */
export const putSecretInput = secretCommand.extend({
  system: systemName.optional(),
  task: codeRef.nullable().optional(),
  /** The folder of the file that `task` names, absolute; embedded only. */
  baseDir: z.string().max(4096).optional(),
  overlap: rotationPolicy.shape.overlap.optional(),
  rule: valueRule.optional(),
  enabled: z.boolean().optional(),
  every: rotationPolicy.shape.every.unwrap().nullable().optional(),
});

export const rotateSecretInput = z.strictObject({
  ...whichSecret,
  /** The old credential is not to be trusted: it is revoked as soon as the new one is tested, and so is one that has its time still. */
  revokeOld: z.boolean().default(false),
  reason: reason.default(''),
});

export const restoreSecretInput = z.strictObject({
  ...whichSecret,
  /** The version that is taken back: the current one, as the caller saw it. */
  version: z.string().min(1).max(64),
  reason: reason.default(''),
});

export const secretHistoryInput = z.strictObject({
  ...whichSecret,
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

const step = z.enum(STEPS);
const failure = z.object({
  step: z.string(),
  code: z.string(),
  message: z.string(),
  next: z.string().optional(),
  retryable: z.boolean(),
  at: z.number(),
});

/** How the rotation that makes `version` stands. */
export const rotationView = z.object({
  version: z.string(),
  status: z.enum(['unknown', 'pending', 'failed', 'done', 'superseded']),
  /** The step that is to be taken next. */
  step: step.optional(),
  /** Why it was not taken the last time. */
  failure: failure.optional(),
});
export type RotationView = z.output<typeof rotationView>;

/** Old and new credential side by side: `version` is the new one. */
export const windowView = rotationWindow.omit({ token: true }).extend({ version: z.string() });
export type WindowView = z.output<typeof windowView>;

export const secretView = rotationPolicy.extend({
  id: z.string(),
  environment: z.string(),
  rev: z.number(),
  /** Who said so last, and why. */
  changed: z.object({ actor: z.string(), reason: z.string(), at: z.number() }),
  window: windowView.optional(),
  /** When it is rotated next by itself, epoch ms. */
  nextAt: z.number().optional(),
  /** The old credential should be revoked by now, and is not. */
  overdue: z.boolean(),
});
export type SecretView = z.output<typeof secretView>;

/** Never a value. */
export const secretDetail = secretView.extend({
  /** With their labels, as far as the store of secrets tells. */
  versions: z.array(z.object({ version: z.string(), labels: z.array(z.string()) })),
  /** The one that was asked for, or is under way. */
  rotation: rotationView.optional(),
  /** Why the store of secrets tells nothing. */
  unavailable: z.object({ code: z.string(), message: z.string(), next: z.string().optional() }).optional(),
});
export type SecretDetail = z.output<typeof secretDetail>;

export const secretHistory = z.object({
  /** The newest first. */
  windows: z.array(windowView),
  /** The newest first. */
  events: z.array(timelineEvent),
  /** Whether there are older events. */
  more: z.boolean(),
});
