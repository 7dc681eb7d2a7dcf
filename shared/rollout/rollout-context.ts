import type { RolloutComponent } from '../plan/plan.ts';
import type { Alarms } from '../ports/alarms.ts';
import type { Metrics } from '../ports/metrics.ts';
import { requireWork } from '../run/component-end.ts';
import type { JournalDeps } from '../run/journal.ts';
import type { RunWriter } from '../run/run-access.ts';
import type { Slice } from '../run/steps.ts';
import { changeWork, type Work } from '../run/work-access.ts';
import { progressOf, type RolloutProgress } from './rollout-progress.ts';

export interface RolloutDeps extends JournalDeps {
  readonly metrics: Metrics;
  readonly alarms: Alarms;
}

/** One rollout of a run, as one invocation works on it. */
export interface RolloutContext {
  readonly deps: RolloutDeps;
  readonly writer: RunWriter;
  readonly environment: string;
  readonly component: RolloutComponent;
  readonly slice: Slice;
}

export interface Rollout {
  readonly work: Work;
  readonly progress: RolloutProgress;
}

export async function loadRollout({ deps, writer, component }: RolloutContext): Promise<Rollout> {
  const work = await requireWork(deps, writer, component.name);
  return { work, progress: progressOf(work.state) };
}

/** Writes what a rollout waits for; nothing where that is known already. */
export async function hold(context: RolloutContext, rollout: Rollout, held: readonly string[]): Promise<void> {
  const { work, progress } = rollout;
  if (same(progress.held, held)) return;
  await changeWork(
    context.deps,
    work,
    { type: 'stageHeld', data: { stage: work.state.cursor, held: [...held] } },
    { set: { progress: { ...progress, held: [...held] } as never } },
  );
}

/** Figures move at every look; only what is said beside them makes another event. */
const same = (before: readonly string[], now: readonly string[]): boolean => {
  const words = (sentences: readonly string[]) => sentences.map((text) => text.replace(/[\d.]+(?:e-?\d+)?/g, '#')).join('\n');
  return words(before) === words(now);
};
