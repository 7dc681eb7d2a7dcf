import type { DryRunReport } from '../shared/api/dry-run.ts';
import { describePlan } from '../shared/plan/describe-plan.ts';
import { locksOf } from '../shared/plan/locks.ts';
import { holders } from '../shared/run/locks.ts';
import type { CheckedPlan } from './checked-plan.ts';
import type { Deps } from './deps.ts';

/** What a run of the plan would do, found out without writing anything. */
export async function dryRun(
  deps: Deps,
  { plan, digest, facts }: CheckedPlan,
  _baseDir: string | undefined,
  _until: number,
): Promise<DryRunReport> {
  const { irreversible } = describePlan(plan, facts);
  return {
    plan: { name: plan.name, digest },
    target: plan.target,
    components: [],
    changes: plan.phases.some(({ components }) => components.some(({ kind }) => kind === 'batch' || kind === 'task')),
    irreversible: [...irreversible],
    locked: [...(await holders(deps.store, locksOf(plan)))],
  };
}
