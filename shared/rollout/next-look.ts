import { lookAfter } from './look-after.ts';
import type { Rollout, RolloutContext } from './rollout-context.ts';
import { requireStage, stagesOf } from './stage.ts';

/** Epoch ms of the next look. */
export function nextLook({ deps, component }: RolloutContext, { progress }: Rollout): number {
  const now = deps.clock.now();
  const { bake } = requireStage(component, Math.min(progress.promoted, stagesOf(component).length - 1));
  return now + lookAfter(now - (progress.enteredAt ?? now), { bake, look: component.look });
}
