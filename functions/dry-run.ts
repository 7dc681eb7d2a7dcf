import type { DryRunReport } from '../shared/api/dry-run.ts';
import { dryRunBatch } from '../shared/batch/dry-run-batch.ts';
import type { SlipwayError } from '../shared/errors/slipway-error.ts';
import { describePlan } from '../shared/plan/describe-plan.ts';
import { environmentOf, locksOf } from '../shared/plan/locks.ts';
import type { BatchComponent, Plan, RotateComponent } from '../shared/plan/plan.ts';
import { holders } from '../shared/run/locks.ts';
import { rotationRefusal } from '../shared/secrets/rotation/ask-rotation.ts';
import { loadRotation } from '../shared/secrets/rotation/change-rotation.ts';
import { requireSettings } from '../shared/secrets/rotation/change-settings.ts';
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
  const rotations: DryRunReport['rotations'] = [];
  for (const component of rotationsOf(plan)) rotations.push(await dryRunRotation(deps, plan, component));
  const { irreversible } = describePlan(plan, facts);
  return {
    plan: { name: plan.name, digest },
    target: plan.target,
    ...{ batches, rotations },
    changes: rotations.length > 0 || batches.some(({ produced, unchanged }) => produced > unchanged) || acts(plan),
    irreversible: [...irreversible],
    locked: [...(await holders(deps.store, locksOf(plan)))],
  };
}

/** What a function does is its own business, and a rollout shifts traffic. */
const acts = (plan: Plan): boolean =>
  plan.phases.some(({ components }) => components.some(({ kind }) => kind === 'task' || kind === 'rollout'));

const rotationsOf = (plan: Plan): RotateComponent[] =>
  plan.phases.flatMap(({ components }) => components.flatMap((component) => (component.kind === 'rotate' ? [component] : [])));

/** Found out from what is written down: neither the secret nor its server is asked. */
async function dryRunRotation(deps: Deps, plan: Plan, component: RotateComponent): Promise<DryRunReport['rotations'][number]> {
  const { name, secretId } = component;
  const settings = await requireSettings(deps, { secretId, environment: environmentOf(plan) });
  const refused = rotationRefusal(settings, await loadRotation(deps, secretId));
  const overlap = component.overlap ?? settings.overlap;
  return { component: name, secretId, system: settings.system, overlap, ...(refused ? { refused: problemOf(refused) } : {}) };
}

const problemOf = ({ code, message, next }: SlipwayError) => ({ code, message, ...(next === undefined ? {} : { next }) });

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
