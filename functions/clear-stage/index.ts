import * as z from 'zod';
import type { RolloutComponent } from '../../shared/plan/plan.ts';
import { clearStage, reachOf } from '../../shared/rollout/clear-stage.ts';
import { isUnderWay, loadRollout } from '../../shared/rollout/rollout-context.ts';
import { readGate } from '../../shared/run/gate.ts';
import type { Slice } from '../../shared/run/steps.ts';
import { answerOf, componentInput, retryOf, timeoutsOf } from '../component-context.ts';
import type { Deps } from '../deps.ts';
import { rolloutContext } from '../kinds/rollout.ts';
import { machineFunction } from '../middleware/machine-function.ts';
import { onAws } from '../on-aws.ts';
import { rolloutComponent } from '../rollout-function.ts';

/** `cursor` is where the slice of checks before ended; null at the beginning. */
const input = componentInput.extend({ cursor: z.json() });

async function core({ cursor, ...of }: z.output<typeof input>, deps: Deps, slice: Slice) {
  const context = await rolloutComponent(deps, of, slice);
  const { component, run, plan } = context;
  const gate = await readGate(deps.store, run.id, run.environment);
  if (gate !== 'open') return { outcome: gate, cursor };
  const rollout = rolloutContext(context);
  const rollouts = plan.phases.flatMap((phase) => phase.components).filter(isRollout);
  const clearance = await clearStage(rollout, () => reachOf(rollout, rollouts));
  if (clearance.outcome !== 'clear') return { ...answerOf(clearance), cursor: null };
  const now = await loadRollout(rollout);
  if (isUnderWay(now) || component.checks.length === 0) return { outcome: 'clear', cursor: null };
  const scope = `${component.name}.${now.progress.promoted}`;
  const list = { scope, checks: component.checks, retry: retryOf(context), timeouts: timeoutsOf(context) };
  // Most rollouts have none.
  const { checkAll } = await import('../kinds/validate.ts');
  const checked = await checkAll(context, list, slice, cursor);
  return checked.outcome === 'done' ? { outcome: 'clear', cursor: null } : { cursor: null, ...checked };
}

const isRollout = (component: { readonly kind: string }): component is RolloutComponent => component.kind === 'rollout';

export const create = machineFunction({ input, core });
export const handler = onAws(create);
