import { it } from 'vitest';
import type { EndpointInput } from '../../shared/api/endpoints.ts';
import type { PlanInput } from '../../shared/plan/plan.ts';
import type { Plane } from './plane.ts';

/** A control plane as a scenario uses it: embedded, or deployed. */
export interface ScenarioPlane
  extends Pick<
    Plane,
    'call' | 'refused' | 'poll' | 'startRun' | 'until' | 'ended' | 'ledger' | 'put' | 'remove' | 'dynamodb' | 'alarms'
  > {
  /** What a request says of a plan whose user code is the scenario's. */
  source(plan: PlanInput): Pick<EndpointInput<'validate-plan'>, 'plan' | 'baseDir'>;
}

/** Where scenarios are played. */
export interface Bed {
  start(): Promise<ScenarioPlane>;
  /** How a plan refers to an export of the scenarios' user code. */
  code(name: string): string;
  /** A target that no other scenario of this bed has. */
  target(name: string): string;
  /** Scenarios, by their names, that cannot be played here, and why. */
  readonly leftOut: { readonly [scenario: string]: string };
}

export type Component = PlanInput['phases'][number]['components'][number];

/** `it` for scenarios: one that the bed leaves out is skipped, with the reason in its name. */
export const scenarioOn =
  (bed: Bed) =>
  (name: string, play: () => Promise<void>, timeoutMs?: number): void => {
    const reason = bed.leftOut[name];
    if (reason === undefined) it(name, play, timeoutMs);
    else it.skip(`${name} (${reason})`);
  };
