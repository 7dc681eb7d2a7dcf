import { api } from './api.ts';
import type { FunctionSpec } from './function-spec.ts';
import {
  ASK_ROTATION,
  CHANGE_PLAN,
  CHANGE_SCHEDULE,
  CHECK_PLAN,
  DESCRIBE,
  DISABLE,
  ENABLE,
  GET,
  GET_MANY,
  LOOK_AT_PARTS,
  MANY_SUBJECTS,
  QUERY,
  READ_FLAGS,
  READ_HISTORY,
  READ_SECRET,
  READ_SUBJECTS,
  ROTATOR,
  SEND,
  STATE,
  STATES,
  UPDATE,
} from './grants.ts';

const SECRET = '/v1/secrets/{secretId}';
const WEBHOOK = '/v1/webhooks/{webhookId}';

/** What people and services ask of flags, experiments, metrics, alerts, schedules, webhooks and secrets. */
export const serviceFunctions: readonly FunctionSpec[] = [
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
];
