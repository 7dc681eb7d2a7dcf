import type { Item } from '../ports/store.ts';
import { progressOf } from '../rollout/rollout-progress.ts';
import type { RunState } from '../run/run-state.ts';
import { readWork } from '../run/work-state.ts';
import type { ActiveRun } from './dashboard.ts';
import { stageVerdict } from './rollout-view.ts';
import { runSummary } from './run-view.ts';

/** How far a run is, phase by phase, from its components alone. */
export function activeRunOf(run: RunState, itemOf: (component: string) => Item | undefined): ActiveRun {
  const components = run.components.map((planned) => componentOf(planned, itemOf(planned.name)));
  const done = run.direction === 'back' ? 'undone' : 'completed';
  const phases = [...Map.groupBy(components, ({ phase }) => phase)].map(([name, of]) => ({
    name,
    done: of.filter(({ status }) => status === done).length,
    total: of.length,
  }));
  return { ...runSummary.parse(run), phases, components };
}

function componentOf(planned: RunState['components'][number], item: Item | undefined): ActiveRun['components'][number] {
  if (!item) return { ...planned, status: 'pending' };
  const work = readWork(item);
  const { status, failure, cursor } = work;
  const shown = { ...planned, status: status === 'open' ? ('pending' as const) : status, ...(failure ? { failure } : {}) };
  if (planned.kind !== 'rollout' || cursor === 0) return shown;
  const { held, verdict } = progressOf(work);
  const last = stageVerdict.safeParse(verdict).data;
  return { ...shown, stage: cursor - 1, held, ...(last ? { verdict: last } : {}) };
}
