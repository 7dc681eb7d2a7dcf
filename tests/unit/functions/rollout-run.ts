import { storePlan } from '../../../functions/plans.ts';
import { parsePlanObject } from '../../../shared/plan/parse-plan.ts';
import type { Value } from '../../../shared/ports/store.ts';
import { progressOf } from '../../../shared/rollout/rollout-progress.ts';
import { runBed } from '../shared/run/run-bed.ts';
import { ON_OFF, put } from './api-bed.ts';
import { memoryDeps } from './memory-deps.ts';

/** A run with a wait and a rollout through 10, 50 and 100 %, which has entered so many of these stages. */
export async function rolloutRun(entered: number, progress: Readonly<Record<string, Value>> = {}) {
  const bed = runBed();
  const deps = memoryDeps(bed.deps);
  const components = [
    { name: 'settle', kind: 'wait', for: '1s' },
    { name: 'search', kind: 'rollout', flag: 'new-search', stages: [10, 50, 100] },
  ];
  const parsed = parsePlanObject({
    slipway: 1,
    name: 'search',
    target: 'staging/search',
    phases: [{ name: 'only', components }],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  await storePlan(deps.artefacts, parsed.plan, parsed.digest);
  await put(deps, 'new-search', ON_OFF, { environment: 'staging' });
  const run = await bed.admitted({
    plan: { name: 'search', digest: parsed.digest },
    target: 'staging/search',
    flags: ['new-search'],
    resources: ['flag:new-search'],
    components: components.map(({ name, kind }) => ({ name, kind, phase: 'only' })),
  });
  const attributes = { kind: 'rollout', direction: 'forward', rollbackPoint: { document: ON_OFF }, startedAt: 0 };
  await bed.open(run, 'search', {
    ...attributes,
    cursor: entered,
    progress: { promoted: Math.max(0, entered - 1), enteredAt: 0, ...progress },
  });
  return { ...bed, deps, runId: run.id, progress: async () => progressOf(await bed.work(run, 'search')) };
}
