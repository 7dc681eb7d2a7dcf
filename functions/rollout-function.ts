import { PreparationError } from '../shared/errors/run-errors.ts';
import type { RolloutComponent } from '../shared/plan/plan.ts';
import type { Slice } from '../shared/run/steps.ts';
import { type ComponentContext, componentContext } from './component-context.ts';
import type { Deps } from './deps.ts';

/** A component that must be a rollout. Throws PreparationError where it is not. */
export async function rolloutComponent(
  deps: Deps,
  input: { runId: string; epoch: number; component: string },
  slice: Slice,
): Promise<ComponentContext<RolloutComponent>> {
  const context = await componentContext(deps, input, slice);
  const { component } = context;
  if (component.kind === 'rollout') return { ...context, component };
  throw new PreparationError(`${component.name} is a ${component.kind}, which has no stages.`, { next: 'Report this.' });
}
