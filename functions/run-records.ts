import { mayWait, standings } from '../shared/admission/queue.ts';
import type { RunRecords } from '../shared/api/view-run.ts';
import { holders } from '../shared/run/locks.ts';
import { loadRun } from '../shared/run/run-access.ts';
import { readWork } from '../shared/run/work-state.ts';
import type { Deps } from './deps.ts';
import { listAll } from './list-all.ts';
import { loadPlan } from './plans.ts';

/** Reads everything about a run but its events. */
export async function readRunRecords(deps: Deps, runId: string): Promise<RunRecords> {
  const { run } = await loadRun(deps, runId);
  const pk = `RUN#${runId}`;
  const [plan, components, segments, validations, held, waiting] = await Promise.all([
    loadPlan(deps.artefacts, run.plan.digest),
    listAll(deps.store, pk, 'COMPONENT#'),
    listAll(deps.store, pk, 'SEGMENT#'),
    listAll(deps.store, pk, 'VALIDATION#'),
    holders(deps.store, run.resources),
    mayWait(run) ? standings(deps) : undefined,
  ]);
  return {
    run,
    plan,
    components: components.map((item) => ({ name: item.sk.slice('COMPONENT#'.length), item, work: readWork(item) })),
    segments: new Map(
      [...Map.groupBy(segments, ({ sk }) => sk.split('#')[1] ?? '')].map(([name, items]) => [name, items.map(readWork)]),
    ),
    // One that was seized and never recorded holds no result.
    validations: validations.filter((item) => item['result'] !== undefined),
    holders: held,
    turn: waiting?.get(run.id),
    now: deps.clock.now(),
  };
}
