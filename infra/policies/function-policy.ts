import type { FunctionSpec, Permissions, Scope } from '../../functions/catalog/function-spec.ts';
import { LIVE } from '../live-functions.ts';
import type { Arns } from '../naming.ts';
import { USE_KEY } from './key-policy.ts';
import { allow, networkStatements, type PolicyDocument, policyDocument, type Statement, TRACE } from './policy-document.ts';

/** The ARNs that each scope of the catalog stands for, for one function. */
export type ScopeArns = { readonly [scope in Scope]: readonly string[] };

export interface FunctionPolicyArgs {
  readonly permissions: Permissions;
  readonly scopes: ScopeArns;
  /** Where Lambda puts events that an asynchronous function could not handle. */
  readonly deadLetterArn?: string | undefined;
  /** Of the customer's key; the services that may use it in the function's name are those that store for it. */
  readonly key?: { readonly arn: string; readonly services: readonly string[] } | undefined;
}

export interface RuntimePolicyArgs {
  readonly logGroupArn: string;
  readonly functionArn: string;
  readonly inVpc: boolean;
}

const pascal = (scope: string) => scope.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());

/** Partitions of the control table to which a scope is held. */
const PARTITIONS: { readonly [scope in Scope]?: readonly string[] } = {
  denials: ['DENIED#*'],
  answers: ['IDEMPOTENCY#*'],
  runs: ['RUN#*', 'IDEMPOTENCY#*'],
};

function onlyItems(scope: Scope): Pick<Statement, 'Condition'> {
  const keys = PARTITIONS[scope];
  return keys === undefined ? {} : { Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } } };
}

/** What a function of the catalog may do, beside what every function may. */
export function catalogStatements(args: FunctionPolicyArgs): readonly Statement[] {
  const declared = Object.entries(args.permissions) as [Scope, readonly string[]][];
  return [
    ...declared.flatMap(([scope, actions]) =>
      allow(pascal(scope), actions, args.scopes[scope]).map((statement) => passedOn({ ...statement, ...onlyItems(scope) })),
    ),
    ...allow('DeadLetter', ['sqs:SendMessage'], args.deadLetterArn === undefined ? [] : [args.deadLetterArn]),
    ...(args.key === undefined ? [] : allow('Key', USE_KEY, [args.key.arn])).map((statement) => ({
      ...statement,
      Condition: { StringEquals: { 'kms:ViaService': args.key?.services ?? [] } },
    })),
  ];
}

/** A role is handed to the one service that it is made for. */
const passedOn = (statement: Statement): Statement =>
  statement.Action.includes('iam:PassRole')
    ? { ...statement, Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } } }
    : statement;

/** The statements of a function's own, its own log group, traces, and network interfaces where it is in a VPC. */
export function functionPolicy(own: readonly Statement[], args: RuntimePolicyArgs): PolicyDocument {
  return policyDocument(
    ...own,
    ...allow('Logs', ['logs:CreateLogStream', 'logs:PutLogEvents'], [`${args.logGroupArn}:*`]),
    ...TRACE,
    ...(args.inVpc ? networkStatements(args.functionArn) : []),
  );
}

/** To start machines, or to look at executions of theirs, one has to name them. */
export const needsMachineArns = ({ permissions }: FunctionSpec): boolean =>
  permissions.executions !== undefined || (permissions.machines?.includes('states:StartExecution') ?? false);

/** `SLIPWAY_MACHINE_RUN` for `run`. */
export const machineVariable = (machine: string): string => `SLIPWAY_MACHINE_${machine.replaceAll('-', '_').toUpperCase()}`;

/** What the functions of the environment's Tasks are called, before the name of the Task. */
export const TASK_PREFIX_VARIABLE = 'SLIPWAY_TASK_PREFIX';

/** Names and ARNs, with commas between them, of the functions beside declared Tasks that plans may call. */
export const TASK_FUNCTIONS_VARIABLE = 'SLIPWAY_TASK_FUNCTIONS';

/** What secrets of the environment, and the functions that rotate them, are called before the name of the RotatedSecret. */
export const ROTATOR_PREFIX_VARIABLE = 'SLIPWAY_ROTATOR_PREFIX';
/** The functions that rotate secrets which were there before, by the names of the secrets. */
export const ADOPTED_ROTATORS_VARIABLE = 'SLIPWAY_ADOPTED_ROTATORS';

export const knowsRotatedSecrets = ({ permissions }: FunctionSpec): boolean =>
  permissions.rotators !== undefined || permissions['rotated-secrets'] !== undefined;

/** Roles by callers; absent where IAM's own policies are the only ones. */
export const ACCESS_VARIABLE = 'SLIPWAY_ACCESS';

/** The topic that the alarms of guardrails call. */
export const GUARDRAIL_TOPIC_VARIABLE = 'SLIPWAY_GUARDRAIL_TOPIC';

/** The topic through which people are told of alerts. */
export const ALERT_TOPIC_VARIABLE = 'SLIPWAY_ALERT_TOPIC';

/** The one function that removes what has ended, and for how many days it leaves it. */
export const CLEANER = 'clean-up';
export const RETENTION_VARIABLE = 'SLIPWAY_RETENTION_DAYS';
/** And for how many days then its audit trail. */
export const AUDIT_RETENTION_VARIABLE = 'SLIPWAY_AUDIT_RETENTION_DAYS';

export const tellsPeople = ({ permissions }: FunctionSpec): boolean => permissions['alert-topic'] !== undefined;

/** The secret from which those of webhooks are derived. */
export const WEBHOOK_KEY_VARIABLE = 'SLIPWAY_WEBHOOK_KEY';

export const signsMessages = ({ permissions }: FunctionSpec): boolean => permissions['webhook-key'] !== undefined;

/** Called in the name of schedules: the last part of its name. */
export const TIMER_ROLE = 'scheduler';
export const TIMER_TARGET = 'fire-schedule';

export const keepsTimers = ({ permissions }: FunctionSpec): boolean => permissions.schedules !== undefined;

/** What a function that makes timers finds in its environment. */
export const timerVariables = (
  arns: Arns,
  timers: { readonly group: string; readonly roleArn: string },
  deadLetters: string,
) => ({
  SLIPWAY_TIMER_GROUP: timers.group,
  SLIPWAY_TIMER_ROLE: timers.roleArn,
  SLIPWAY_TIMER_TARGET: `${arns.function(TIMER_TARGET)}:${LIVE}`,
  SLIPWAY_TIMER_DEAD_LETTERS: deadLetters,
});

const TIMER_VARIABLES = ['SLIPWAY_TIMER_GROUP', 'SLIPWAY_TIMER_ROLE', 'SLIPWAY_TIMER_TARGET', 'SLIPWAY_TIMER_DEAD_LETTERS'];

export const makesAlarms = ({ permissions }: FunctionSpec): boolean =>
  permissions['guardrail-alarms']?.includes('cloudwatch:PutMetricAlarm') ?? false;

/** The variables that a function finds in its environment, and fails without. */
export function requiredVariables(spec: FunctionSpec): readonly string[] {
  const machines = needsMachineArns(spec) ? (spec.machines ?? []) : [];
  const tasks = spec.permissions['task-functions'] === undefined ? [] : [TASK_PREFIX_VARIABLE];
  const topics = [...(makesAlarms(spec) ? [GUARDRAIL_TOPIC_VARIABLE] : []), ...(tellsPeople(spec) ? [ALERT_TOPIC_VARIABLE] : [])];
  return [
    'SLIPWAY_ENVIRONMENT',
    'SLIPWAY_TABLE',
    'SLIPWAY_BUCKET',
    'SLIPWAY_BUS',
    ...tasks,
    ...topics,
    ...(knowsRotatedSecrets(spec) ? [ROTATOR_PREFIX_VARIABLE] : []),
    ...(signsMessages(spec) ? [WEBHOOK_KEY_VARIABLE] : []),
    ...(keepsTimers(spec) ? TIMER_VARIABLES : []),
    ...machines.map(machineVariable),
  ];
}
