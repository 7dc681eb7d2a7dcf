import * as z from 'zod';
import { AUDIT_RETENTION_DAYS, RETENTION_DAYS, retentionOf } from '../shared/cleaning/retention.ts';
import { LEVELS, type Level } from '../shared/ports/telemetry.ts';
import { readThresholds, type Thresholds } from '../shared/telemetry/vital-signs.ts';
import type { AccessPolicy } from './deps.ts';
import type { RotatedNames } from './secrets-of-environment.ts';
import type { TaskFunctions } from './task-function.ts';

/** What every function reads. */
const common = z.looseObject({
  SLIPWAY_ENVIRONMENT: z.string().min(1),
  AWS_LAMBDA_FUNCTION_VERSION: z.string().default('$LATEST'),
  SLIPWAY_LOG_LEVEL: z.enum(LEVELS).default('info'),
  /** The share of calls that log from debug on. */
  SLIPWAY_DEBUG_SHARE: z.coerce.number().min(0).max(1).default(0),
  /** `heapShare=0.9,handles=300` */
  SLIPWAY_THRESHOLDS: z.string().optional(),
});

const variables = z.looseObject({
  SLIPWAY_TABLE: z.string().min(1),
  SLIPWAY_BUCKET: z.string().min(1),
  SLIPWAY_BUS: z.string().min(1),
  SLIPWAY_GUARDRAIL_TOPIC: z.string().min(1).optional(),
  SLIPWAY_ALERT_TOPIC: z.string().min(1).optional(),
  SLIPWAY_WEBHOOK_KEY: z.string().min(1).optional(),
  SLIPWAY_TIMER_GROUP: z.string().min(1).optional(),
  SLIPWAY_TIMER_ROLE: z.string().min(1).optional(),
  SLIPWAY_TIMER_TARGET: z.string().min(1).optional(),
  SLIPWAY_TIMER_DEAD_LETTERS: z.string().min(1).optional(),
  SLIPWAY_TASK_PREFIX: z.string().min(1).optional(),
  SLIPWAY_ROTATOR_PREFIX: z.string().min(1).optional(),
  /** JSON: functions by the names of secrets. */
  SLIPWAY_ADOPTED_ROTATORS: z.string().default('{}'),
  /** With commas between them. */
  SLIPWAY_TASK_FUNCTIONS: z.string().optional(),
  /** JSON of an AccessPolicy. */
  SLIPWAY_ACCESS: z.string().optional(),
  SLIPWAY_RETENTION_DAYS: z.coerce.number().min(1).default(RETENTION_DAYS),
  SLIPWAY_AUDIT_RETENTION_DAYS: z.coerce.number().min(1).default(AUDIT_RETENTION_DAYS),
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
  /** Name of the secret that holds the key of webhooks; for whoever signs. */
  readonly webhookKey: string | undefined;
  /** ARNs of the state machines that the function may name, by their names in statemachines/catalog.ts. */
  readonly machines: { readonly [name: string]: string };
  readonly tasks: TaskFunctions;
  /** For whoever calls the functions that rotate secrets. */
  readonly rotated: RotatedNames;
  readonly access: AccessPolicy;
  /** How long what has ended is kept, ms. */
  readonly retention: number;
  /** How long the audit trail of a run is kept after the run, ms. */
  readonly auditRetention: number;
  /** Of the function itself. */
  readonly version: string;
  readonly telemetry: { readonly level: Level; readonly debugShare: number; readonly thresholds: Thresholds };
  /** For whoever makes the timers of schedules; '' where it makes none. */
  readonly timers: { readonly group: string; readonly role: string; readonly target: string; readonly deadLetters: string };
}

/** What is read once is not worth a parser compiled for it. */
export const ONCE = { jitless: true } as const;

type Variables = { readonly [name: string]: string | undefined };

/** What a function is, and what it tells of itself. */
export function readTelemetry(env: Variables): Pick<Environment, 'name' | 'version' | 'telemetry'> {
  const found = common.parse(env, ONCE);
  return {
    name: found.SLIPWAY_ENVIRONMENT,
    version: found.AWS_LAMBDA_FUNCTION_VERSION,
    telemetry: {
      level: found.SLIPWAY_LOG_LEVEL,
      debugShare: found.SLIPWAY_DEBUG_SHARE,
      thresholds: readThresholds(found.SLIPWAY_THRESHOLDS),
    },
  };
}

const MACHINE = 'SLIPWAY_MACHINE_';
export function readEnvironment(env: Variables): Environment {
  const found = variables.parse(env, ONCE);
  const machines = Object.entries(env).flatMap(([name, arn]) =>
    name.startsWith(MACHINE) && arn !== undefined
      ? [[name.slice(MACHINE.length).toLowerCase().replaceAll('_', '-'), arn] as const]
      : [],
  );
  return {
    ...readTelemetry(env),
    table: found.SLIPWAY_TABLE,
    bucket: found.SLIPWAY_BUCKET,
    bus: found.SLIPWAY_BUS,
    guardrailTopic: found.SLIPWAY_GUARDRAIL_TOPIC,
    alertTopic: found.SLIPWAY_ALERT_TOPIC,
    webhookKey: found.SLIPWAY_WEBHOOK_KEY,
    machines: Object.fromEntries(machines),
    timers: {
      group: found.SLIPWAY_TIMER_GROUP ?? '',
      role: found.SLIPWAY_TIMER_ROLE ?? '',
      target: found.SLIPWAY_TIMER_TARGET ?? '',
      deadLetters: found.SLIPWAY_TIMER_DEAD_LETTERS ?? '',
    },
    retention: retentionOf(found.SLIPWAY_RETENTION_DAYS),
    auditRetention: retentionOf(found.SLIPWAY_AUDIT_RETENTION_DAYS),
    tasks: { prefix: found.SLIPWAY_TASK_PREFIX, others: found.SLIPWAY_TASK_FUNCTIONS?.split(',') ?? [] },
    rotated: { prefix: found.SLIPWAY_ROTATOR_PREFIX, adopted: adoptedSecrets(found.SLIPWAY_ADOPTED_ROTATORS) },
    access: accessPolicy.parse(JSON.parse(found.SLIPWAY_ACCESS ?? '{}'), ONCE),
  };
}

const adoptedSecrets = (json: string): RotatedNames['adopted'] =>
  new Map(Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(json), ONCE)));
