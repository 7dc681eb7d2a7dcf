import type { DryRunReport } from '../shared/api/dry-run.ts';
import { dryRunBatch } from '../shared/batch/dry-run-batch.ts';
import { describePlan } from '../shared/plan/describe-plan.ts';
import { environmentOf, locksOf } from '../shared/plan/locks.ts';
import type { BatchComponent, Plan } from '../shared/plan/plan.ts';
import { holders } from '../shared/run/locks.ts';
import type { CheckedPlan } from './checked-plan.ts';
import type { Deps } from './deps.ts';
import { batchesOf } from './quarantine.ts';

/** What a run of the plan would do, found out without writing anything. `until`: epoch ms by which it answers. */
export async function dryRun(
  deps: Deps,
  { plan, digest, facts }: CheckedPlan,
  baseDir: string | undefined,
  until: number,
): Promise<DryRunReport> {
  const batches: DryRunReport['batches'] = [];
  const planned = batchesOf(plan, undefined);
  for (const [index, component] of planned.entries()) {
    // Each gets an equal part of the time that is left.
    const share = (until - deps.clock.now()) / (planned.length - index);
    batches.push(await dryRunOne(deps, plan, component, baseDir, deps.clock.now() + share));
  }
  const { irreversible } = describePlan(plan, facts);
  return {
    plan: { name: plan.name, digest },
    target: plan.target,
    batches,
    changes: batches.some(({ produced, unchanged }) => produced > unchanged) || hasTasks(plan),
    irreversible: [...irreversible],
    locked: [...(await holders(deps.store, locksOf(plan)))],
  };
}

const hasTasks = (plan: Plan): boolean => plan.phases.some(({ components }) => components.some(({ kind }) => kind === 'task'));

async function dryRunOne(
  deps: Deps,
  plan: Plan,
  component: BatchComponent,
  baseDir: string | undefined,
  until: number,
): Promise<DryRunReport['batches'][number]> {
  const job = {
    writer: { runId: '', epoch: 0 },
    component,
    environment: environmentOf(plan),
    transform: await deps.code.transform(baseDir, component.transform.run, until),
    retry: component.retry ?? plan.retry,
  };
  const report = await dryRunBatch(deps, job, { until });
  return { component: component.name, ...report } as DryRunReport['batches'][number];
}
