import * as z from 'zod';
import type { Item, Key } from '../../ports/store.ts';
import { readable, storedEvent } from '../../run/run-state.ts';
import { secretName } from '../secret-name.ts';

/**
 * The time in which both the old credential and the new one are valid. `moving`: the label may or may not be on the new version yet;
 * `open`: consumers read the new one, and the old one goes at `revokeAt`; `revoking`: it is being taken away, and there is no way back; `revoked`:
 * it is gone; `kept`: it became the current one again.
 */
export const rotationWindow = z.object({
  /** The new version, which is the token of its rotation. */
  token: z.string(),
  old: z.string(),
  status: z.enum(['moving', 'open', 'revoking', 'revoked', 'kept']),
  /** Epoch ms. */
  since: z.number(),
  revokeAt: z.number().optional(),
  revokedAt: z.number().optional(),
  /** For how long both are valid, ms, where it is not what the settings of the secret say. */
  overlap: z.number().optional(),
  /** The old credential is not to be trusted: it has no time beside the new one. */
  suspect: z.literal(true).optional(),
  /** How many executions have waited for its end, where it is more than one. */
  attempt: z.number().optional(),
});
export type RotationWindow = z.output<typeof rotationWindow>;

/** What a person or a run has asked for, as long as it is not done. */
export const askedRotation = z.object({
  token: z.string(),
  /** Epoch ms. */
  at: z.number(),
  actor: z.string(),
  revokeOld: z.boolean(),
  /** ms; as the settings of the secret say where absent. */
  overlap: z.number().optional(),
});
export type AskedRotation = z.output<typeof askedRotation>;

/** How far the steps of a rotation have come; `failure`: why the next one was not taken. Never holds a value. */
export const rotationProgress = z.object({
  token: z.string(),
  /** The last step that was taken. */
  done: z.string().optional(),
  failure: z
    .object({
      step: z.string(),
      code: z.string(),
      message: z.string(),
      next: z.string().optional(),
      retryable: z.boolean(),
      /** Of the first of equal failures, epoch ms. */
      at: z.number(),
    })
    .optional(),
});
export type RotationProgress = z.output<typeof rotationProgress>;

/** Why a rotation failed that is not to be finished any more, whatever is called for it. */
export const GIVEN_UP = 'GIVEN_UP';

/** How many windows of the past are remembered. */
export const HISTORY = 20;

export const rotationState = z.object({
  secretId: z.string(),
  rev: z.number(),
  /** The version that was made last; from then on its credential may be at the server. */
  pending: z.string().optional(),
  asked: askedRotation.optional(),
  progress: rotationProgress.optional(),
  window: rotationWindow.optional(),
  /** Earlier windows, the newest first. */
  history: z.array(rotationWindow).default([]),
  lastEvent: storedEvent.optional(),
});
export type RotationState = z.output<typeof rotationState>;

export const rotationKey = (secretId: string): Key => ({ pk: `SECRET#${secretName(secretId)}`, sk: 'ROTATION' });

export const readRotation = (item: Item): RotationState => rotationState.parse(readable(item));

/** The old credential is to be revoked still, or may be. */
export const isOpen = (window: RotationWindow | undefined): window is RotationWindow =>
  window?.status === 'moving' || window?.status === 'open' || window?.status === 'revoking';
