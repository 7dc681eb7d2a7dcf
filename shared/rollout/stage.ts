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
  /** It waits for a person when it is judged good. */
  readonly approval: boolean;
}

/** The stages in order, with what they leave to their rollout: first by named customers, then by percentage. */
export function stagesOf(component: RolloutComponent): readonly Stage[] {
  const { customers, flag } = component;
  const named = (count: number) => (customers ? customersAt(flag, customers.list, count, customers.order) : []);
  const all = named(Number.POSITIVE_INFINITY);
  return [
    ...(customers?.stages ?? []).map((count) => ({ percent: 0, customers: named(count), ...settingsOf(component, customers) })),
    ...component.stages.map((stage) => ({ percent: stage.percent, customers: all, ...settingsOf(component, stage) })),
  ];
}

type Settings = Pick<Stage, 'bake' | 'minSample' | 'approval'>;

/** What a stage does not say is as the rollout says. */
export const settingsOf = (
  { bake, minSample, approval }: Settings,
  own: { readonly [Name in keyof Settings]?: Settings[Name] | undefined } = {},
): Settings => ({ bake: own.bake ?? bake, minSample: own.minSample ?? minSample, approval: own.approval ?? approval });

/** A stage, counted from 0. Throws PreparationError where the plan has no such stage. */
export function requireStage(component: RolloutComponent, index: number): Stage {
  const stage = stagesOf(component)[index];
  if (stage) return stage;
  throw new PreparationError(`${component.name} has no stage ${index}.`, { next: 'Report this.' });
}
