import { drop, put } from '../sabotage.ts';
import { altered, changed, removed, type Sabotage } from './broken.ts';
import { ALIAS, LAMBDA, MACHINE } from './rule.ts';

const GROUP = 'aws:codedeploy/deploymentGroup:DeploymentGroup';
const RELEASED = 'aliases are released in steps that alarms take back';

/** A definition that calls the unpublished code of a function. */
const unpublished = (inputs: { readonly [name: string]: unknown }) => ({
  ...inputs,
  definition: String(inputs['definition']).replaceAll(/(:function:[a-z-]+):\d+/g, '$1'),
});

export const COMPUTE_SABOTAGES: readonly Sabotage[] = [
  changed('functions run on arm64 with Node 24', LAMBDA, 'an old runtime', put({ runtime: 'nodejs20.x' }), 'nodejs24.x'),
  changed('functions run on arm64 with Node 24', LAMBDA, 'Intel', put({ architectures: ['x86_64'] }), 'arm64'),
  changed('functions are published', LAMBDA, 'no version', drop('publish'), 'publish', 'slipway-fn-seize-run-lambda'),
  changed('functions are traced', LAMBDA, 'no tracing', drop('tracingConfig'), 'tracingConfig'),
  changed(
    'functions log to a group of their own',
    LAMBDA,
    'the group of another',
    put({ loggingConfig: { logFormat: 'JSON', logGroup: '/aws/lambda/slipway-production-start-run' } }),
    'loggingConfig',
    'slipway-fn-list-runs-lambda',
  ),
  changed(
    'functions decide themselves from which level on they log',
    LAMBDA,
    "Lambda's own level",
    put({ loggingConfig: { logFormat: 'JSON', logGroup: '/aws/lambda/slipway-production-list-runs' } }),
    'applicationLogLevel',
    'slipway-fn-list-runs-lambda',
  ),
  changed(
    'functions share no role',
    LAMBDA,
    'the role of another',
    put({ role: 'arn:aws:iam::000000000000:role/slipway-production-start-run' }),
    'role of its own',
    'slipway-fn-list-runs-lambda',
  ),
  changed(
    'functions find no secret in their environment',
    LAMBDA,
    'a password',
    put({ environment: { variables: { DB_PASSWORD: 'hunter2' } } }),
    'Secrets Manager',
  ),
  changed('machines are Standard, traced and logged', MACHINE, 'an Express machine', put({ type: 'EXPRESS' }), 'type'),
  changed('machines call published versions', MACHINE, 'unpublished code', unpublished, 'placeholders', 'slipway-sm-run-machine'),
  altered('aliases are moved by releases only', ALIAS, 'Pulumi moves it at once', { ignoreChanges: [] }, [
    ALIAS,
    'ignoreChanges',
  ]),
  removed(RELEASED, GROUP, ['slipway-fn-get-run-live', 'Releases'], 'slipway-releases-get-run-group'),
  changed(RELEASED, GROUP, 'no alarm', put({ alarmConfiguration: { enabled: true, alarms: [] } }), 'alarmConfiguration'),
  changed(RELEASED, GROUP, 'no way back', drop('autoRollbackConfiguration'), 'autoRollbackConfiguration'),
];
