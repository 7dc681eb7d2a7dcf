import { api } from './api.ts';
import type { FunctionSpec } from './function-spec.ts';
import {
  CHANGE_PLAN,
  CHECK_PLAN,
  COMPARE_DATA,
  GET,
  GET_MANY,
  KEEP,
  LISTS,
  LOOK_AT_PARTS,
  MANY_SUBJECTS,
  QUERY,
  READ_HISTORY,
  READ_KEPT,
  READ_PLAN,
  START,
  STATE,
  STATES,
  STORE_PLAN,
  TAKE_OVER,
  UPDATE,
  USER_CODE,
} from './grants.ts';

/** What people ask of plans and runs, and of what went on with them. */
export const runFunctions: readonly FunctionSpec[] = [
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
];
