import { ALERTING } from '../shared/alerts/alert-signals.ts';
import type { EventType } from '../shared/ports/events.ts';
import { PUBLISHED } from '../shared/webhooks/webhook-events.ts';

/** The kinds of resource that a permission names; infra/ maps each to ARNs. */
export type Scope =
  | 'control-table'
  | 'control-index'
  /** Items of the control table that tell who was refused, and no others. */
  | 'denials'
  /** Items of the control table that hold answers to calls with keys, and no others. */
  | 'answers'
  /** Items of the control table of which runs consist, and the keys under which they were started, and no others. */
  | 'runs'
  | 'data-tables'
  | 'artefacts'
  | 'artefacts-bucket'
  | 'machines'
  | 'executions'
  | 'task-functions'
  | 'rotators'
  | 'event-bus'
  | 'guardrail-alarms'
  | 'alert-topic'
  | 'any-alarms'
  | 'schedules'
  | 'scheduler-role'
  | 'webhook-key'
  | 'rotated-secrets'
  | 'everything';

/** Actions that a function calls, by the resources on which it calls them. */
export type Permissions = { readonly [scope in Scope]?: readonly string[] };

export interface FunctionSpec {
  /** The folder under functions/, and the last part of the deployed name. */
  readonly name: string;
  readonly purpose: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly permissions: Permissions;
  /** `METHOD /path/{parameter}`: the API route that calls it. */
  readonly route?: string;
  /** The machines that its scope `machines` means. Where it starts them, or looks at executions, it finds their ARNs in SLIPWAY_MACHINE_<NAME>. */
  readonly machines?: readonly string[];
  /** `rate(...)` or `cron(...)`: calls it again and again. */
  readonly schedule?: string;
  /** Whether it is called when an execution of one of our machines has ended. */
  readonly onExecutionEnd?: boolean;
  /** Whether EventBridge Scheduler calls it, for the schedules that people make. */
  readonly onSchedules?: boolean;
  /** Whether it is called when an alarm fires: that of a guardrail, by its topic, or any of the account's, by EventBridge. */
  readonly onGuardrail?: boolean;
  /** The events of the bus that call it. */
  readonly onEvents?: readonly EventType[];
}

const GET = 'dynamodb:GetItem';
const GET_MANY = 'dynamodb:BatchGetItem';
const QUERY = 'dynamodb:Query';
const UPDATE = 'dynamodb:UpdateItem';

/** To read and write single items, and to tell what happened. */
const STATE = { 'control-table': [GET, UPDATE], 'event-bus': ['events:PutEvents'] } as const;
/** And many items at once. */
const STATES = { ...STATE, 'control-table': [GET, GET_MANY, UPDATE] } as const;
/** And all items of a run. */
const LISTS = { ...STATE, 'control-table': [GET, GET_MANY, UPDATE, QUERY] } as const;
const READ_PLAN = { artefacts: ['s3:GetObject'] } as const;
const STORE_PLAN = { artefacts: ['s3:PutObject'] } as const;
const CHANGE_PLAN = { artefacts: ['s3:GetObject', 's3:PutObject'] } as const;
const TAKE_OVER = { executions: ['states:StopExecution', 'states:DescribeExecution'] } as const;
const START = { machines: ['states:StartExecution'] } as const;
const CHECK_PLAN = {
  'task-functions': ['lambda:InvokeFunction'],
  'data-tables': ['dynamodb:DescribeTable'],
  everything: ['dynamodb:ListTables'],
} as const;
/** The index lists flags, and each is read by its key. */
const READ_FLAGS = { 'control-table': [GET, GET_MANY], 'control-index': [QUERY] } as const;
/** An experiment and its subjects. */
const READ_SUBJECTS = { 'control-table': [GET, QUERY] } as const;
/** A call of API Gateway ends after 30 seconds. */
const MANY_SUBJECTS = { memoryMb: 1024, timeoutSeconds: 28 } as const;
/** The alarms of a rollout, the team's own among them. */
const READ_ALARMS = { 'any-alarms': ['cloudwatch:DescribeAlarms'] } as const;
const USER_CODE = { 'task-functions': ['lambda:InvokeFunction'] } as const;
const COMPARE_DATA = ['dynamodb:Scan', GET_MANY, 'dynamodb:DescribeTable'] as const;
const LIST_KEPT = { 'artefacts-bucket': ['s3:ListBucket'] } as const;
const READ_KEPT = { ...READ_PLAN, ...LIST_KEPT } as const;
const KEEP = { ...CHANGE_PLAN, ...LIST_KEPT } as const;

const READ_HISTORY = { ...STATE, 'control-table': [GET, QUERY, UPDATE] } as const;
/** To change a schedule, and to have its timer as it should be whoever comes between. */
const CHANGE_SCHEDULE = {
  ...STATE,
  schedules: ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'],
  'scheduler-role': ['iam:PassRole'],
} as const;

/** Whether workflow and scheduler answer. */
const LOOK_AT_PARTS = { executions: ['states:DescribeExecution'], schedules: ['scheduler:GetSchedule'] } as const;
const READ_KEY = { 'webhook-key': ['secretsmanager:GetSecretValue'] } as const;
/** What becomes of a message, and who is to be told of it. */
const SEND = { ...STATE, ...READ_KEY } as const;
const DESCRIBE = ['secretsmanager:DescribeSecret'] as const;
/** What a secret is, and how its rotation stands. */
const READ_SECRET = { 'control-table': [GET], 'rotated-secrets': DESCRIBE } as const;
/** Whoever has a secret rotated has to be allowed to call its function. */
const ROTATOR = { rotators: ['lambda:InvokeFunction'] } as const;
/** That it is rotated, and that it is not. */
const ENABLE = { ...ROTATOR, ...STATE, 'rotated-secrets': [...DESCRIBE, 'secretsmanager:RotateSecret'] } as const;
const DISABLE = { ...STATE, 'rotated-secrets': [...DESCRIBE, 'secretsmanager:CancelRotateSecret'] } as const;
/** A rotation that has failed for good gives way to the next. */
const ASK_ROTATION = {
  ...ROTATOR,
  ...STATE,
  'rotated-secrets': [...DESCRIBE, 'secretsmanager:RotateSecret', 'secretsmanager:UpdateSecretVersionStage'],
} as const;
const SECRET = '/v1/secrets/{secretId}';
const WEBHOOK = '/v1/webhooks/{webhookId}';

const api = (
  name: string,
  route: string,
  purpose: string,
  permissions: Permissions,
  machines: readonly string[] = [],
): FunctionSpec => ({
  name,
  route,
  purpose,
  memoryMb: 512,
  timeoutSeconds: 15,
  // Every refusal is kept.
  permissions: { ...permissions, denials: [UPDATE] },
  machines,
});
const step = (
  name: string,
  purpose: string,
  permissions: Permissions,
  timeoutSeconds = 30,
  machines: readonly string[] = [],
): FunctionSpec => ({ name, purpose, memoryMb: 1024, timeoutSeconds, permissions, machines });

/** Every Lambda of Slipway: infra/ deploys this list and local/ runs it. */
export const functions: readonly FunctionSpec[] = [
  api('validate-plan', 'POST /v1/plans/validate', 'Reports every problem of a plan, or what it will do.', {
    ...CHECK_PLAN,
    'control-table': [GET],
  }),
  api('put-plan', 'PUT /v1/plans/{name}', 'Keeps a plan as a new version.', {
    ...STATE,
    'control-table': [GET, QUERY, UPDATE],
    ...STORE_PLAN,
    ...CHECK_PLAN,
  }),
  api('list-plans', 'GET /v1/plans', 'Lists the plans that are kept, each at its latest version.', {
    'control-index': [QUERY],
    'control-table': [QUERY],
  }),
  api('get-plan', 'GET /v1/plans/{name}', 'Shows a version of a plan.', { 'control-table': [GET, QUERY], ...READ_PLAN }),
  api('list-plan-versions', 'GET /v1/plans/{name}/versions', 'Lists the versions of a plan, the latest first.', {
    'control-table': [QUERY],
  }),
  api(
    'start-run',
    'POST /v1/runs',
    'Creates a run of a plan and starts its machine.',
    { ...LISTS, ...START, ...CHANGE_PLAN, ...CHECK_PLAN, 'data-tables': COMPARE_DATA },
    ['run'],
  ),
  api('list-runs', 'GET /v1/runs', 'Lists runs, newest first.', { 'control-index': [QUERY], 'control-table': [GET_MANY] }),
  api('get-run', 'GET /v1/runs/{runId}', 'Shows a run with its components, progress and locks.', {
    'control-table': [GET, GET_MANY, QUERY],
    ...READ_PLAN,
  }),
  api('get-usage', 'GET /v1/runs/{runId}/usage', 'Tells what a run has used, and an estimate of its price.', {
    'control-table': [GET, QUERY],
  }),
  api(
    'get-run-events',
    'GET /v1/runs/{runId}/events',
    'Tells what has happened to a run since a cursor, whatever was written late.',
    READ_HISTORY,
  ),
  api('get-events', 'GET /v1/events', 'Tells what has happened everywhere since a cursor, but for the steps of the work.', {
    'control-index': [QUERY],
  }),
  api('get-timeline', 'GET /v1/runs/{runId}/timeline', 'Lists the events of a run in order.', READ_HISTORY),
  {
    ...api('start-validation', 'POST /v1/validations', 'Runs the checks of a phase now, on a sample.', {
      ...STATES,
      ...READ_PLAN,
      ...USER_CODE,
      'data-tables': COMPARE_DATA,
    }),
    ...MANY_SUBJECTS,
  },
  api('list-validations', 'GET /v1/runs/{runId}/validations', 'Lists the validations that people asked for, the latest first.', {
    'control-table': [GET, QUERY],
  }),
  api('get-validation', 'GET /v1/runs/{runId}/validations/{validationId}', 'Shows a validation with what each check found.', {
    'control-table': [GET],
  }),
  {
    ...api(
      'get-dashboard',
      'GET /v1/dashboard',
      'Tells in one answer what a screen needs of an environment.',
      { 'control-table': [GET, GET_MANY, QUERY], 'control-index': [QUERY], ...LOOK_AT_PARTS },
      ['run'],
    ),
    ...MANY_SUBJECTS,
  },
  api('list-rollbacks', 'GET /v1/rollbacks', 'Lists what was taken back, why, and what was not undone.', {
    'control-index': [QUERY],
    'control-table': [QUERY],
  }),
  api('pause-run', 'POST /v1/runs/{runId}/pause', 'Lets the steps under way end and starts no other.', STATE),
  api(
    'resume-run',
    'POST /v1/runs/{runId}/resume',
    'Goes on with a paused or stopped run under a new epoch.',
    { ...STATES, ...START, ...CHANGE_PLAN, ...CHECK_PLAN },
    ['run'],
  ),
  api(
    'retry-run',
    'POST /v1/runs/{runId}/retry',
    'Tries the failed components again under a new epoch.',
    { ...STATES, ...START, ...CHANGE_PLAN, ...CHECK_PLAN },
    ['run'],
  ),
  api('keep-run', 'PUT /v1/runs/{runId}/keep', 'Keeps a run longer than others that have ended.', STATE),
  api(
    'rollback-run',
    'POST /v1/runs/{runId}/rollback',
    'Starts taking a run back, or one component of it.',
    { ...STATES, ...START, ...READ_PLAN },
    ['rollback'],
  ),
  api(
    'decide-approval',
    'POST /v1/runs/{runId}/approvals/{component}',
    'Approves or rejects a waiting component.',
    { ...STATES, machines: ['states:SendTaskSuccess'] },
    ['component'],
  ),
  api('list-quarantine', 'GET /v1/runs/{runId}/quarantine', 'Lists the records that failed, with their errors.', {
    'control-table': [GET, GET_MANY],
    ...READ_KEPT,
  }),
  api('retry-quarantine', 'POST /v1/runs/{runId}/quarantine/retry', 'Tries quarantined records again.', {
    ...STATE,
    ...KEEP,
    ...USER_CODE,
    'data-tables': [GET_MANY, 'dynamodb:BatchWriteItem', 'dynamodb:PutItem'],
  }),
  api('promote-stage', 'POST /v1/runs/{runId}/components/{component}/promote', 'Lets a rollout go on to its next stage.', {
    ...STATE,
    ...READ_PLAN,
  }),
  api('lower-stage', 'POST /v1/runs/{runId}/components/{component}/stage', 'Takes a rollout back to an earlier stage.', {
    ...STATE,
    ...READ_PLAN,
  }),
  api(
    'emergency-stop',
    'POST /v1/emergency-stop',
    'Halts an environment and takes back everything under way there.',
    { ...STATE, 'control-index': [QUERY], ...START },
    ['rollback'],
  ),
  api('list-audit', 'GET /v1/audit', 'Lists who did what, newest first, and what was refused.', {
    'control-table': [GET_MANY],
    'control-index': [QUERY],
  }),
  {
    ...api('verify-audit', 'GET /v1/audit/verify', 'Follows the hash chains of a month or of one item.', {
      'control-table': [GET, GET_MANY, QUERY],
      'control-index': [QUERY],
    }),
    ...MANY_SUBJECTS,
  },
  api('list-locks', 'GET /v1/locks', 'Lists the locks that runs hold.', {
    'control-table': [GET_MANY],
    'control-index': [QUERY],
  }),
  api(
    'break-lock',
    'POST /v1/runs/{runId}/locks/break',
    'Takes a lock away from a run, which is seized first.',
    { ...STATES, ...TAKE_OVER },
    ['run', 'rollback'],
  ),
  api('list-flags', 'GET /v1/flags', 'Lists the flags of an environment, for whoever evaluates them.', READ_FLAGS),
  api('get-flag', 'GET /v1/flags/{key}', 'Shows a flag.', { 'control-table': [GET] }),
  api('put-flag', 'PUT /v1/flags/{key}', 'Creates or changes a flag that no run shifts.', {
    ...STATE,
    'control-table': [GET, UPDATE, QUERY],
  }),
  api('get-flag-history', 'GET /v1/flags/{key}/history', 'Lists who changed a flag, how and why.', READ_HISTORY),
  api('get-evaluators', 'GET /v1/evaluators', 'Shows the rules that flags share.', { 'control-table': [GET] }),
  api('put-evaluators', 'PUT /v1/evaluators', 'Changes the rules that flags share, where every flag still works.', {
    ...STATES,
    'control-index': [QUERY],
  }),
  api('evaluate-flag', 'POST /ofrep/v1/evaluate/flags/{key}', 'Evaluates a flag, by OFREP.', {
    'control-table': [GET],
  }),
  api('evaluate-flags', 'POST /ofrep/v1/evaluate/flags', 'Evaluates all flags, by OFREP.', READ_FLAGS),
  api('get-limits', 'GET /v1/limits', 'Tells how many runs may be under way, and how many are.', {
    'control-table': [GET_MANY],
  }),
  api('put-limits', 'PUT /v1/limits', 'Sets how many runs may be under way, and who may start how many.', STATES),
  api('put-metrics', 'POST /v1/metrics', 'Takes metrics of services.', {
    everything: ['cloudwatch:PutMetricData'],
    answers: [GET, UPDATE],
  }),
  api('get-metrics', 'GET /v1/metrics', 'Tells the figures of a metric over a time.', {
    everything: ['cloudwatch:GetMetricData'],
  }),
  api('list-alerts', 'GET /v1/alerts', 'Lists alerts, newest first.', { 'control-index': [QUERY] }),
  api('get-alert', 'GET /v1/alerts/{alertId}', 'Shows an alert with its history.', {
    ...STATE,
    'control-table': [GET, QUERY, UPDATE],
  }),
  api('acknowledge-alert', 'POST /v1/alerts/{alertId}/acknowledge', 'Notes that a person has seen an alert.', STATE),
  api('get-alert-settings', 'GET /v1/alert-settings', 'Shows when an environment is told of alerts.', {
    'control-table': [GET],
  }),
  api('put-alert-settings', 'PUT /v1/alert-settings', 'Sets when an environment is told of alerts.', STATE),
  api(
    'get-alert-settings-history',
    'GET /v1/alert-settings/history',
    'Lists who set when an environment is told of alerts, and why.',
    READ_HISTORY,
  ),
  api('list-schedules', 'GET /v1/schedules', 'Lists the schedules of an environment.', {
    'control-table': [GET_MANY],
    'control-index': [QUERY],
  }),
  api('get-schedule', 'GET /v1/schedules/{name}', 'Shows a schedule, and when it is due next.', { 'control-table': [GET] }),
  api('put-schedule', 'PUT /v1/schedules/{name}', 'Creates or changes a schedule, which runs a plan again and again.', {
    ...CHANGE_SCHEDULE,
    'control-table': [GET, UPDATE, QUERY],
    ...CHANGE_PLAN,
    ...CHECK_PLAN,
  }),
  api('delete-schedule', 'DELETE /v1/schedules/{name}', 'Deletes a schedule; its history stays.', CHANGE_SCHEDULE),
  api(
    'pause-schedule',
    'POST /v1/schedules/{name}/pause',
    'Lets a schedule be due no more until it is resumed.',
    CHANGE_SCHEDULE,
  ),
  api('resume-schedule', 'POST /v1/schedules/{name}/resume', 'Lets a paused schedule be due again.', CHANGE_SCHEDULE),
  api(
    'get-schedule-history',
    'GET /v1/schedules/{name}/history',
    'Lists who changed a schedule, how and why, and what it ran.',
    READ_HISTORY,
  ),
  api('list-experiments', 'GET /v1/experiments', 'Lists the experiments of an environment.', { 'control-table': [GET] }),
  api('put-experiment', 'PUT /v1/experiments/{key}', 'Starts an experiment on a flag, or ends it.', STATE),
  {
    ...api(
      'get-experiment-results',
      'GET /v1/experiments/{key}/results',
      'Tells what the cohorts of an experiment did.',
      READ_SUBJECTS,
    ),
    ...MANY_SUBJECTS,
  },
  {
    ...api('get-experiment-verdict', 'GET /v1/experiments/{key}/verdict', 'Judges an experiment.', READ_SUBJECTS),
    ...MANY_SUBJECTS,
  },
  api('put-behaviour', 'POST /v1/behaviour', 'Records who was shown what first, and what was done after it.', {
    'control-table': [GET, GET_MANY, UPDATE],
  }),
  api(
    'get-health',
    'GET /v1/health',
    'Tells whether its parts answer, how long the queue is, and whether secrets are rotated in time.',
    { 'control-table': [GET_MANY], 'control-index': [QUERY], 'rotated-secrets': DESCRIBE, ...LOOK_AT_PARTS },
    ['run'],
  ),
  api('add-webhook', 'POST /v1/webhooks', 'Adds a webhook and tells its secret.', {
    ...STATES,
    'control-index': [QUERY],
    'webhook-key': ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
  }),
  api('list-webhooks', 'GET /v1/webhooks', 'Lists the webhooks of an environment.', {
    'control-table': [GET_MANY],
    'control-index': [QUERY],
  }),
  api('get-webhook', `GET ${WEBHOOK}`, 'Shows a webhook.', { 'control-table': [GET] }),
  api('remove-webhook', `DELETE ${WEBHOOK}`, 'Removes a webhook: nothing more is sent to it.', STATE),
  api('rotate-webhook', `POST ${WEBHOOK}/rotate`, 'Gives a webhook a new secret, beside the old one for a day.', SEND),
  api('test-webhook', `POST ${WEBHOOK}/test`, 'Sends a message that tells of nothing, and says what became of it.', SEND),
  api('list-deliveries', `GET ${WEBHOOK}/deliveries`, 'Lists the messages to a webhook, newest first.', {
    'control-table': [GET, QUERY],
  }),
  api('replay-delivery', `POST ${WEBHOOK}/deliveries/{messageId}/replay`, 'Sends a message to a webhook once more.', SEND),
  api('list-secrets', 'GET /v1/secrets', 'Lists the secrets that are rotated, each with its window.', {
    'control-table': [GET_MANY],
    'control-index': [QUERY],
  }),
  api('get-secret', `GET ${SECRET}`, 'Shows how a secret is rotated and how that stands; never a value.', READ_SECRET),
  api('put-secret', `PUT ${SECRET}`, 'Says how a secret is rotated.', {
    ...ENABLE,
    'rotated-secrets': [...ENABLE['rotated-secrets'], 'secretsmanager:CancelRotateSecret'],
  }),
  api('enable-secret', `POST ${SECRET}/enable`, 'Lets a secret be rotated again.', ENABLE),
  api('disable-secret', `POST ${SECRET}/disable`, 'Lets a secret be rotated no more.', DISABLE),
  api('ask-rotation', `POST ${SECRET}/rotate`, 'Asks for a rotation of a secret.', ASK_ROTATION),
  api('restore-secret', `POST ${SECRET}/restore`, 'Takes a rotation back while the old credential is valid.', {
    'control-table': [GET],
    answers: [GET, UPDATE],
    ...ROTATOR,
  }),
  api('get-secret-history', `GET ${SECRET}/history`, 'Lists the rotations of a secret, and who asked for them.', READ_HISTORY),
  api('get-openapi', 'GET /openapi.json', 'Describes this API, as OpenAPI 3.1.', {}),
  step(
    'admit-run',
    'Takes the locks of a run and a slot, or says what it waits for.',
    { ...STATES, ...READ_PLAN, ...TAKE_OVER },
    30,
    ['run', 'rollback'],
  ),
  step(
    'prepare-component',
    'Creates the component with its rollback point.',
    {
      ...LISTS,
      ...READ_PLAN,
      ...USER_CODE,
      'rotated-secrets': DESCRIBE,
      'data-tables': ['dynamodb:Scan', 'dynamodb:DescribeTable'],
      'guardrail-alarms': ['cloudwatch:PutMetricAlarm', 'cloudwatch:TagResource'],
    },
    60,
  ),
  step(
    'work-component',
    'Runs the steps of a task, or has a secret rotated, until its slice is used up.',
    { ...ASK_ROTATION, ...STATES, ...READ_PLAN, ...USER_CODE },
    90,
  ),
  step(
    'work-segment',
    'Migrates one slice of a segment.',
    {
      ...STATES,
      ...KEEP,
      ...USER_CODE,
      'data-tables': ['dynamodb:Scan', GET_MANY, 'dynamodb:BatchWriteItem', 'dynamodb:PutItem'],
    },
    90,
  ),
  step(
    'verify-component',
    'Checks that what a component did is there, slice by slice.',
    { ...LISTS, ...READ_KEPT, ...USER_CODE, 'rotated-secrets': DESCRIBE, 'data-tables': COMPARE_DATA },
    90,
  ),
  step(
    'clear-stage',
    'Tells whether the next stage of a rollout may be entered.',
    { ...STATES, ...READ_PLAN, ...USER_CODE, 'data-tables': COMPARE_DATA, ...READ_ALARMS },
    90,
  ),
  step('shift-stage', 'Shifts traffic to the next stage of a rollout.', { ...STATES, ...READ_PLAN }, 60),
  step(
    'judge-stage',
    'Judges a stage by its figures and alarms.',
    { ...STATES, ...READ_PLAN, ...READ_ALARMS, everything: ['cloudwatch:GetMetricData'] },
    60,
  ),
  step(
    'request-approval',
    'Stores the task token of a waiting approval.',
    { ...STATE, ...READ_PLAN, machines: ['states:SendTaskSuccess', 'states:SendTaskFailure'] },
    30,
    ['component'],
  ),
  step('complete-component', 'Writes how a component ended.', { ...STATE, 'control-table': [GET, UPDATE, QUERY] }),
  step(
    'validate-phase',
    'Runs the checks between phases.',
    { ...STATES, ...READ_PLAN, ...USER_CODE, 'data-tables': COMPARE_DATA },
    90,
  ),
  step('finish-run', 'Ends a run and releases its locks.', LISTS),
  step(
    'seize-run',
    'Takes a run over: run, locks, components and segments, then stops the old executions.',
    { ...STATE, ...READ_PLAN, ...TAKE_OVER },
    60,
    ['run', 'rollback'],
  ),
  step(
    'undo-component',
    'Undoes one slice of a component.',
    {
      ...LISTS,
      ...KEEP,
      ...USER_CODE,
      ...ROTATOR,
      'rotated-secrets': [...DESCRIBE, 'secretsmanager:UpdateSecretVersionStage'],
      'data-tables': ['dynamodb:Scan', GET, GET_MANY, 'dynamodb:BatchWriteItem', 'dynamodb:DeleteItem'],
    },
    90,
  ),
  step('release-run', 'Ends a rollback and releases the locks.', LISTS),
  step(
    'revoke-secret',
    'Has the old credential of a rotated secret revoked when its time is over.',
    { rotators: ['lambda:InvokeFunction'] },
    // It waits for the function that does it.
    150,
  ),
  {
    ...step(
      'reconcile',
      'Finds runs whose execution is gone, locks that nobody needs and credentials that nobody revokes.',
      {
        ...STATES,
        'control-index': [QUERY],
        ...START,
        executions: ['states:DescribeExecution'],
        'guardrail-alarms': ['cloudwatch:DeleteAlarms'],
        schedules: CHANGE_SCHEDULE.schedules,
        'scheduler-role': CHANGE_SCHEDULE['scheduler-role'],
      },
      60,
      ['run', 'rollback', 'revoke'],
    ),
    schedule: 'rate(5 minutes)',
    onExecutionEnd: true,
  },
  {
    ...step(
      'keep-rotations',
      'Asks for the rotations that are due, and goes on with those that somebody asked for.',
      { ...ASK_ROTATION, 'control-table': [GET, GET_MANY, UPDATE], 'control-index': [QUERY] },
      60,
    ),
    schedule: 'rate(5 minutes)',
  },
  {
    ...step(
      'clean-up',
      'Removes runs that ended longer ago than they are kept, with their events and artefacts.',
      {
        ...LISTS,
        'control-index': [QUERY],
        runs: ['dynamodb:DeleteItem'],
        artefacts: ['s3:DeleteObject'],
        ...LIST_KEPT,
      },
      90,
    ),
    schedule: 'rate(1 day)',
  },
  {
    ...step(
      'fire-schedule',
      'Starts the runs of a schedule that are due.',
      { ...LISTS, ...START, ...READ_PLAN, ...CHECK_PLAN, schedules: ['scheduler:DeleteSchedule'] },
      60,
      ['run'],
    ),
    onSchedules: true,
  },
  {
    ...step(
      'trip-guardrail',
      'Sends a flag to its old side when an alarm fires, then takes its run back.',
      { ...STATE, 'control-table': [GET, UPDATE, QUERY], ...START },
      30,
      ['rollback'],
    ),
    onGuardrail: true,
  },
  {
    ...step(
      'raise-alerts',
      'Raises alerts of what happens to runs, and tells of those that are due.',
      { ...STATES, 'control-index': [QUERY], 'alert-topic': ['sns:Publish'] },
      30,
    ),
    memoryMb: 512,
    schedule: 'rate(1 minute)',
    onEvents: ALERTING,
  },
  {
    ...step(
      'deliver-webhooks',
      'Sends messages to webhooks, and again what did not arrive.',
      { ...SEND, 'control-table': [GET, GET_MANY, UPDATE], 'control-index': [QUERY] },
      60,
    ),
    memoryMb: 512,
    schedule: 'rate(1 minute)',
    onEvents: PUBLISHED,
  },
];
