import type { Alias } from '@pulumi/aws/lambda/alias.js';
import { type asset, ComponentResource, type ComponentResourceOptions, type Input, output, RunError } from '@pulumi/pulumi';
import type { FunctionSpec } from '../../functions/catalog/function-spec.ts';
import { isAsynchronous } from '../live-functions.ts';
import type { PlaneContext } from '../plane-context.ts';
import {
  ACCESS_VARIABLE,
  ADOPTED_ROTATORS_VARIABLE,
  ALERT_TOPIC_VARIABLE,
  AUDIT_RETENTION_VARIABLE,
  CLEANER,
  GUARDRAIL_TOPIC_VARIABLE,
  keepsTimers,
  knowsRotatedSecrets,
  machineVariable,
  makesAlarms,
  needsMachineArns,
  RETENTION_VARIABLE,
  ROTATOR_PREFIX_VARIABLE,
  type ScopeArns,
  signsMessages,
  TASK_FUNCTIONS_VARIABLE,
  TASK_PREFIX_VARIABLE,
  TIMER_ROLE,
  tellsPeople,
  timerVariables,
  WEBHOOK_KEY_VARIABLE,
} from '../policies/function-policy.ts';
import type { Settings } from '../settings.ts';
import { SlipwayFunction } from './slipway-function.ts';

export interface FunctionFleetArgs {
  readonly plane: PlaneContext;
  readonly functions: readonly FunctionSpec[];
  /** Every machine of the catalog. */
  readonly machines: readonly string[];
  readonly table: { readonly name: Input<string>; readonly arn: Input<string> };
  readonly bucket: { readonly name: Input<string>; readonly arn: Input<string> };
  readonly bus: { readonly name: Input<string>; readonly arn: Input<string> };
  /** ARN of the topic that hears of guardrails. */
  readonly guardrailTopic: Input<string>;
  /** ARN of the topic through which people are told. */
  readonly alertTopic: Input<string>;
  /** Name of the secret from which those of webhooks are derived. */
  readonly webhookKey: Input<string>;
  readonly deadLetterArn: Input<string>;
  /** Where the timers of schedules are, and who may call in their name. */
  readonly timers: { readonly group: Input<string>; readonly roleArn: Input<string> };
  readonly code: (functionName: string) => Input<asset.Archive>;
}

/** Every Lambda of the catalog, by name. */
export class FunctionFleet extends ComponentResource {
  readonly #members = new Map<string, SlipwayFunction>();

  constructor(name: string, args: FunctionFleetArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:FunctionFleet', name, {}, options);
    for (const spec of args.functions) {
      const member = new SlipwayFunction(
        `${name}-${spec.name}`,
        {
          plane: args.plane,
          spec,
          code: args.code(spec.name),
          variables: variablesOf(spec, args),
          scopes: scopesOf(spec, args),
          deadLetterArn: isAsynchronous(spec) ? args.deadLetterArn : undefined,
        },
        { parent: this },
      );
      this.#members.set(spec.name, member);
    }
    this.registerOutputs({});
  }

  get(name: string): SlipwayFunction {
    const member = this.#members.get(name);
    if (member === undefined) {
      throw new RunError(`There is no function ${name}: add it to functions/catalog, or mend whoever names it.`);
    }
    return member;
  }

  /** The alias that the API and events call. */
  live(name: string): Alias {
    const { live } = this.get(name);
    if (live === undefined) {
      throw new RunError(`The function ${name} has no alias: give it a route, a schedule or an event in functions/catalog.`);
    }
    return live;
  }
}

function variablesOf(spec: FunctionSpec, args: FunctionFleetArgs) {
  const { naming, settings } = args.plane;
  const machines = needsMachineArns(spec) ? (spec.machines ?? []) : [];
  const callsTasks = spec.permissions['task-functions'] !== undefined;
  const others = callsTasks && settings.taskFunctions.length > 0;
  const rotates = knowsRotatedSecrets(spec);
  const adopted = Object.entries(settings.adoptedSecrets).map(([secret, name]) => [secret, naming.rotatedSecret(name)]);
  const { timers, deadLetterArn } = args;
  const named = [
    naming.arns,
    args.table.name,
    args.bucket.name,
    args.bus.name,
    args.guardrailTopic,
    args.alertTopic,
    timers,
    deadLetterArn,
    args.webhookKey,
  ] as const;
  return output(named).apply(([arns, table, bucket, bus, topic, alertTopic, timer, deadLetters, webhookKey]) => ({
    SLIPWAY_ENVIRONMENT: naming.environment,
    SLIPWAY_TABLE: table,
    SLIPWAY_BUCKET: bucket,
    SLIPWAY_BUS: bus,
    ...loggingVariables(settings.logging),
    ...(spec.name === CLEANER ? retentionVariables(settings) : {}),
    ...(makesAlarms(spec) ? { [GUARDRAIL_TOPIC_VARIABLE]: topic } : {}),
    ...(tellsPeople(spec) ? { [ALERT_TOPIC_VARIABLE]: alertTopic } : {}),
    ...(signsMessages(spec) ? { [WEBHOOK_KEY_VARIABLE]: webhookKey } : {}),
    ...(keepsTimers(spec) ? timerVariables(arns, timer, deadLetters) : {}),
    ...(callsTasks ? { [TASK_PREFIX_VARIABLE]: naming.taskFunction('') } : {}),
    ...(rotates ? { [ROTATOR_PREFIX_VARIABLE]: naming.rotatedSecret('') } : {}),
    ...(rotates && adopted.length > 0 ? { [ADOPTED_ROTATORS_VARIABLE]: JSON.stringify(Object.fromEntries(adopted)) } : {}),
    ...(others ? { [TASK_FUNCTIONS_VARIABLE]: settings.taskFunctions.join(',') } : {}),
    ...accessVariable(spec, settings),
    ...Object.fromEntries(machines.map((machine) => [machineVariable(machine), arns.machine(machine)])),
  }));
}

/** Who is given roles how; for what is behind the API. */
function accessVariable(spec: FunctionSpec, settings: Settings): { [ACCESS_VARIABLE]?: string } {
  const { machineRoles: machines, jwtRolesClaim: rolesClaim } = settings;
  if (spec.route === undefined || (machines ?? rolesClaim) === undefined) return {};
  return { [ACCESS_VARIABLE]: JSON.stringify({ rolesClaim, machines }) };
}

/** What is left out stays as the functions have it. */
const retentionVariables = ({ retentionDays, auditRetentionDays }: PlaneContext['settings']) => ({
  [RETENTION_VARIABLE]: String(retentionDays),
  [AUDIT_RETENTION_VARIABLE]: String(auditRetentionDays),
});

function loggingVariables({ level, debugShare, thresholds }: NonNullable<PlaneContext['settings']['logging']> = {}) {
  const pairs = Object.entries(thresholds ?? {}).map(([measure, value]) => `${measure}=${value}`);
  return {
    ...(level === undefined ? {} : { SLIPWAY_LOG_LEVEL: level }),
    ...(debugShare === undefined ? {} : { SLIPWAY_DEBUG_SHARE: String(debugShare) }),
    ...(pairs.length === 0 ? {} : { SLIPWAY_THRESHOLDS: pairs.join(',') }),
  };
}

function scopesOf(spec: FunctionSpec, args: FunctionFleetArgs): Input<ScopeArns> {
  const { naming, settings } = args.plane;
  const { table, bucket, bus, alertTopic, webhookKey } = args;
  const named = [naming.arns, table.arn, bucket.arn, bus.arn, alertTopic, webhookKey] as const;
  return output(named).apply(([arns, tableArn, bucketArn, busArn, topicArn, keyName]) => ({
    'control-table': [tableArn],
    'control-index': [`${tableArn}/index/*`],
    denials: [tableArn],
    answers: [tableArn],
    runs: [tableArn],
    'data-tables': settings.dataTables.map((table) => arns.dataTable(table)),
    artefacts: [`${bucketArn}/*`],
    'artefacts-bucket': [bucketArn],
    machines: (spec.machines ?? []).map((machine) => arns.machine(machine)),
    executions: args.machines.flatMap((machine) => arns.executions(machine)),
    'task-functions': [arns.tasks, ...settings.taskFunctions.map((reference) => arns.taskFunction(reference))],
    rotators: [arns.rotators],
    'event-bus': [busArn],
    'guardrail-alarms': [arns.guardrailAlarms],
    'alert-topic': [topicArn],
    // Of composite alarms CloudWatch tells only whoever may ask for everything.
    'any-alarms': ['*'],
    schedules: [arns.timers],
    'scheduler-role': [arns.role(TIMER_ROLE)],
    // Secrets Manager puts six characters of its own after the name.
    'webhook-key': [arns.own('secretsmanager', `secret:${keyName}-??????`)],
    'rotated-secrets': [
      arns.own('secretsmanager', `secret:${naming.rotatedSecret('*')}`),
      ...Object.keys(settings.adoptedSecrets).map((name) => arns.own('secretsmanager', `secret:${name}-??????`)),
    ],
    everything: ['*'],
  }));
}
