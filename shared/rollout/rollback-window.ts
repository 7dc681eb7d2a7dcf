import { hasEnded, type RunState } from '../run/run-state.ts';

/** Whether a run has been at its end, good or bad, for longer than a guardrail may still take it back. `now` in epoch ms, the window in ms. */
export const windowClosed = (run: RunState, rollbackWindow: number, now: number): boolean =>
  (run.direction === 'back' && hasEnded(run)) || (run.endedAt !== undefined && run.endedAt + rollbackWindow < now);
