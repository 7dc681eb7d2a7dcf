import type { RotationSettings } from './rotation-settings.ts';
import { isOpen, type RotationState } from './rotation-state.ts';

/** When it is rotated next by itself, epoch ms; undefined: only when somebody asks for it. */
export function nextRotation(
  { enabled, every, changedAt }: Pick<RotationSettings, 'enabled' | 'every' | 'changedAt'>,
  state: Pick<RotationState, 'window'> | undefined,
): number | undefined {
  return enabled && every !== undefined ? (state?.window?.since ?? changedAt) + every : undefined;
}

/** An old credential that is to be revoked is given this long beyond its time before anybody is told, ms. */
const LATE_MS = 1_800_000;

/** Whether the old credential should be gone by now. */
export const isOverdue = (state: Pick<RotationState, 'window'> | undefined, overlap: number, now: number): boolean => {
  const { window } = state ?? {};
  return isOpen(window) && (window.revokeAt ?? window.since + overlap) + LATE_MS < now;
};
