import * as z from 'zod';
import {
  DEFAULT_OVERLAP,
  type RotationPolicy,
  type SystemName,
  systemName,
  valueRule,
} from '../../shared/secrets/rotation/rotation-settings.ts';
import { type Environment, ONCE, readTelemetry } from '../environment.ts';

const variables = z.looseObject({
  SLIPWAY_TABLE: z.string().min(1),
  SLIPWAY_BUS: z.string().min(1),
  SLIPWAY_MACHINE_REVOKE: z.string().min(1),
  SLIPWAY_SYSTEM: systemName,
  SLIPWAY_OVERLAP_MS: z.coerce.number().int().min(0).default(DEFAULT_OVERLAP),
  /** JSON of a part of a ValueRule. */
  SLIPWAY_VALUE_RULE: z.string().default('{}'),
  SLIPWAY_TASK: z.string().min(1).optional(),
});

/** What the function of a rotated secret reads of its environment. */
export interface RotationEnvironment extends Pick<Environment, 'name' | 'version' | 'telemetry'> {
  readonly table: string;
  readonly bus: string;
  /** ARN of the machine that waits for the end of a window. */
  readonly revokeMachine: string;
  readonly system: SystemName;
  /** ms; until a person says otherwise, as the rule. */
  readonly overlap: number;
  readonly rule: RotationPolicy['rule'];
  /** The function of the Task that knows a service with two keys. */
  readonly task: string | undefined;
}

export function readRotationEnvironment(env: { readonly [name: string]: string | undefined }): RotationEnvironment {
  const found = variables.parse(env, ONCE);
  return {
    ...readTelemetry(env),
    table: found.SLIPWAY_TABLE,
    bus: found.SLIPWAY_BUS,
    revokeMachine: found.SLIPWAY_MACHINE_REVOKE,
    system: found.SLIPWAY_SYSTEM,
    overlap: found.SLIPWAY_OVERLAP_MS,
    rule: valueRule.parse(JSON.parse(found.SLIPWAY_VALUE_RULE), ONCE),
    task: found.SLIPWAY_TASK,
  };
}
