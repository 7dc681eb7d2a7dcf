import { keptBy } from '../run/going-back.ts';
import { hasEnded, type RunState } from '../run/run-state.ts';

/**
 * Whether a guardrail of a rollout may take its run back no longer: the rollout is back, or the run has been at its end for longer than
 * the window (ms). `now` in epoch ms.
 */
export const windowClosed = (run: RunState, component: string, rollbackWindow: number, now: number): boolean =>
  (run.direction === 'back' && hasEnded(run) && !keptBy(run).includes(component)) ||
  (run.endedAt !== undefined && run.endedAt + rollbackWindow < now);
