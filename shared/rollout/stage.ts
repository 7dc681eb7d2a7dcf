import { PreparationError } from '../errors/run-errors.ts';
import { customersAt } from '../flags/customers.ts';
import type { RolloutComponent } from '../plan/plan.ts';

export interface Stage {
  /** Of traffic, on the new side. */
  readonly percent: number;
  /** On the new side by name, whatever the percentage. */
  readonly customers: readonly string[];
  /** ms. */
  readonly bake: number;
  /** Exposures that each side needs. */
  readonly minSample: number;
}

/** The stages in order, with what they leave to their rollout: first by named customers, then by percentage. */
export function stagesOf(component: RolloutComponent): readonly Stage[] {
  const { bake, minSample, customers, flag } = component;
  const named = customers?.stages ?? [];
  const first = named.map((count) => ({
    percent: 0,
    customers: customersAt(flag, customers?.list ?? [], count, customers?.order ?? 'listed'),
    bake,
    minSample,
  }));
  const all = customers ? customersAt(flag, customers.list, customers.list.length, customers.order) : [];
  const rest = component.stages.map((stage) => {
    const own = { bake: undefined, minSample: undefined, ...stage };
    return { percent: stage.percent, customers: all, bake: own.bake ?? bake, minSample: own.minSample ?? minSample };
  });
  return [...first, ...rest];
}

/** A stage, counted from 0. Throws PreparationError where the plan has no such stage. */
export function requireStage(component: RolloutComponent, index: number): Stage {
  const stage = stagesOf(component)[index];
  if (stage) return stage;
  throw new PreparationError(`${component.name} has no stage ${index}.`, { next: 'Report this.' });
}
