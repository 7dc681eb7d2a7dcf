import type { BatchJob } from '../shared/batch/batch-job.ts';
import { readSegments } from '../shared/batch/batch-progress.ts';
import { listQuarantine, type Quarantined } from '../shared/batch/quarantine.ts';
import type { BatchComponent, Plan } from '../shared/plan/plan.ts';
import { componentKey } from '../shared/run/keys.ts';
import { loadRun } from '../shared/run/run-access.ts';
import { readWork } from '../shared/run/work-state.ts';
import type { Deps } from './deps.ts';
import { loadPlan } from './plans.ts';

/** The batches of a plan, or the one of that name. */
export const batchesOf = (plan: Plan, component: string | undefined): BatchComponent[] =>
  plan.phases
    .flatMap(({ components }) => components)
    .filter((one) => one.kind === 'batch')
    .filter(({ name }) => component === undefined || name === component);

export interface NamedRecord extends Quarantined {
  readonly component: string;
}

/** The records of a run that failed, batch by batch. */
export async function* quarantinedRecords(deps: Deps, runId: string, component: string | undefined): AsyncGenerator<NamedRecord> {
  const { run } = await loadRun(deps, runId);
  const plan = await loadPlan(deps.artefacts, run.plan.digest);
  for (const batch of batchesOf(plan, component)) {
    const item = await deps.store.read(componentKey(runId, batch.name));
    if (!item) continue;
    const job: Pick<BatchJob, 'writer' | 'component'> = { writer: { runId, epoch: run.epoch }, component: batch };
    const segments = await readSegments(deps, job, readWork(item).segments ?? 0);
    for await (const record of listQuarantine(deps, job, segments)) yield { ...record, component: batch.name };
  }
}
