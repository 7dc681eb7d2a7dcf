import type { WaitComponent } from '../plan/plan.ts';

/** When a `wait` that started then is over, as a state machine's Timestamp: a run that is taken over waits for the rest only. */
export const waitUntil = (component: WaitComponent, startedAt: number): string =>
  new Date(startedAt + component.for).toISOString();
