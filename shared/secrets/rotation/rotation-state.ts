import * as z from 'zod';
import type { Item, Key } from '../../ports/store.ts';
import { readable, storedEvent } from '../../run/run-state.ts';

/**
 * The time in which both the old credential and the new one are valid. `moving`: the label may or may not be on the new version yet;
 * `open`: consumers read the new one, and the old one goes at `revokeAt`; `revoked`: it is gone; `kept`: it became the current one again.
 */
export const rotationWindow = z.object({
  /** The new version, which is the token of its rotation. */
  token: z.string(),
  old: z.string(),
  status: z.enum(['moving', 'open', 'revoked', 'kept']),
  /** Epoch ms. */
  since: z.number(),
  revokeAt: z.number().optional(),
  revokedAt: z.number().optional(),
});
export type RotationWindow = z.output<typeof rotationWindow>;

/** How many windows of the past are remembered. */
export const HISTORY = 20;

export const rotationState = z.object({
  secretId: z.string(),
  rev: z.number(),
  /** The version that was made last; from then on its credential may be at the server. */
  pending: z.string().optional(),
  window: rotationWindow.optional(),
  /** Earlier windows, the newest first. */
  history: z.array(rotationWindow).default([]),
  lastEvent: storedEvent.optional(),
});
export type RotationState = z.output<typeof rotationState>;

export const rotationKey = (secretId: string): Key => ({ pk: `SECRET#${secretId}`, sk: 'ROTATION' });

export const readRotation = (item: Item): RotationState => rotationState.parse(readable(item));

/** The old credential is to be revoked still, or may be. */
export const isOpen = (window: RotationWindow | undefined): window is RotationWindow =>
  window?.status === 'moving' || window?.status === 'open';
