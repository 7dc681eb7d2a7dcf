import * as z from 'zod';
import type { AccessPolicy } from './deps.ts';
import type { TaskFunctions } from './task-function.ts';

const variables = z.looseObject({
  SLIPWAY_ENVIRONMENT: z.string().min(1),
  SLIPWAY_TABLE: z.string().min(1),
  SLIPWAY_BUCKET: z.string().min(1),
  SLIPWAY_BUS: z.string().min(1),
  SLIPWAY_GUARDRAIL_TOPIC: z.string().min(1).optional(),
  SLIPWAY_ALERT_TOPIC: z.string().min(1).optional(),
  SLIPWAY_TASK_PREFIX: z.string().min(1).optional(),
  /** With commas between them. */
  SLIPWAY_TASK_FUNCTIONS: z.string().optional(),
  /** JSON of an AccessPolicy. */
  SLIPWAY_ACCESS: z.string().optional(),
});

const accessPolicy = z.strictObject({
  rolesClaim: z.string().default('slipway:roles'),
  machines: z.record(z.string(), z.array(z.string())).optional(),
});

/** What a function reads of its environment. */
export interface Environment {
  readonly name: string;
  readonly table: string;
  readonly bucket: string;
  readonly bus: string;
  /** ARN of the topic that hears of guardrails that fire; for whoever makes their alarms. */
  readonly guardrailTopic: string | undefined;
  /** ARN of the topic through which people are told; for whoever tells them. */
  readonly alertTopic: string | undefined;
  /** ARNs of the state machines that the function may name, by their names in statemachines/catalog.ts. */
  readonly machines: { readonly [name: string]: string };
  readonly tasks: TaskFunctions;
  readonly access: AccessPolicy;
}

const MACHINE = 'SLIPWAY_MACHINE_';

export function readEnvironment(env: { readonly [name: string]: string | undefined }): Environment {
  const found = variables.parse(env);
  const machines = Object.entries(env).flatMap(([name, arn]) =>
    name.startsWith(MACHINE) && arn !== undefined
      ? [[name.slice(MACHINE.length).toLowerCase().replaceAll('_', '-'), arn] as const]
      : [],
  );
  return {
    name: found.SLIPWAY_ENVIRONMENT,
    table: found.SLIPWAY_TABLE,
    bucket: found.SLIPWAY_BUCKET,
    bus: found.SLIPWAY_BUS,
    guardrailTopic: found.SLIPWAY_GUARDRAIL_TOPIC,
    alertTopic: found.SLIPWAY_ALERT_TOPIC,
    machines: Object.fromEntries(machines),
    tasks: { prefix: found.SLIPWAY_TASK_PREFIX, others: found.SLIPWAY_TASK_FUNCTIONS?.split(',') ?? [] },
    access: accessPolicy.parse(JSON.parse(found.SLIPWAY_ACCESS ?? '{}')),
  };
}
