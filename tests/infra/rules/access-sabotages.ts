import { drop, put, rewrite } from '../sabotage.ts';
import { altered, changed, type Sabotage } from './broken.ts';
import { AUTHORISER, LAMBDA, TOPIC } from './rule.ts';

const ROLE = 'aws:iam/role:Role';
const ROLE_POLICY = 'aws:iam/rolePolicy:RolePolicy';
const PERMISSION = 'aws:lambda/permission:Permission';
const LIST_RUNS_POLICY = 'slipway-fn-list-runs-policy';

export const ACCESS_SABOTAGES: readonly Sabotage[] = [
  changed(
    'routes are not public',
    'aws:apigatewayv2/route:Route',
    'an open route',
    put({ authorizationType: 'NONE' }),
    'authorizationType',
    'slipway-http-start-run-route',
  ),
  changed(
    'routes are not public',
    'aws:apigatewayv2/route:Route',
    'tokens that nobody looks at',
    put({ authorizationType: 'JWT' }),
    'authorizerId',
    'slipway-http-start-run-route',
  ),
  altered(
    'tokens are of one issuer and for us',
    TOPIC,
    'tokens for anybody',
    { type: AUTHORISER, inputs: { jwtConfiguration: { issuer: 'https://login.example.org/', audiences: [] } } },
    [AUTHORISER, 'audiences'],
  ),
  changed(
    'stages are throttled and logged',
    'aws:apigatewayv2/stage:Stage',
    'no log',
    drop('accessLogSettings'),
    'accessLogSettings',
  ),
  changed('permissions name their caller and their alias', PERMISSION, 'any API may call', drop('sourceArn'), 'sourceArn'),
  changed('permissions name their caller and their alias', PERMISSION, 'a version', put({ qualifier: '1' }), 'qualifier'),
  changed(
    'actions are named',
    ROLE_POLICY,
    'a wildcard action',
    rewrite('policy', (statement) => ({ ...statement, Action: ['dynamodb:*'] })),
    'name each action',
    LIST_RUNS_POLICY,
  ),
  changed(
    'who reads alarms may read all',
    ROLE_POLICY,
    'alarms by name',
    rewrite('policy', (statement) => ({ ...statement, Resource: ['arn:aws:cloudwatch:us-east-1:000000000000:alarm:*'] })),
    'on *',
    'slipway-fn-judge-stage-policy',
  ),
  changed(
    'resources are named',
    ROLE_POLICY,
    'every resource',
    rewrite('policy', (statement) => ({ ...statement, Resource: ['*'] })),
    'name the resources',
    LIST_RUNS_POLICY,
  ),
  changed(
    'roles cannot give themselves more',
    ROLE_POLICY,
    'it may pass roles on',
    rewrite('policy', (statement) => ({ ...statement, Action: ['iam:PassRole'] })),
    'take the action away',
    LIST_RUNS_POLICY,
  ),
  changed(
    'roles cannot give themselves more',
    ROLE_POLICY,
    'it may hand a role to any service',
    rewrite('policy', ({ Condition: _, ...rest }) => rest),
    'take the action away',
    'slipway-fn-put-schedule-policy',
  ),
  changed(
    'services are held to our resources',
    ROLE,
    'any timer may take on the role',
    rewrite('assumeRolePolicy', ({ Condition: _, ...rest }) => rest),
    'aws:SourceArn',
    'slipway-timers-role',
  ),
  changed(
    'roles cannot give themselves more',
    ROLE_POLICY,
    'it may change code',
    rewrite('policy', (statement) => ({ ...statement, Action: ['lambda:UpdateFunctionCode'] })),
    'take the action away',
    LIST_RUNS_POLICY,
  ),
  changed(
    'services are held to our resources',
    ROLE,
    'any machine may take on the role',
    rewrite('assumeRolePolicy', ({ Condition: _, ...rest }) => rest),
    'aws:SourceArn',
    'slipway-sm-run-role',
  ),
  changed(
    'services are held to our resources',
    'aws:sns/topicPolicy:TopicPolicy',
    'any alarm may publish',
    rewrite('policy', ({ Condition: _, ...rest }) => rest),
    ['slipway-alarms-policy', 'aws:SourceArn'],
    'slipway-alarms-policy',
  ),
  changed(
    'nobody else is trusted',
    ROLE,
    'another account is trusted',
    rewrite('assumeRolePolicy', (statement) => ({ ...statement, Principal: { AWS: 'arn:aws:iam::111111111111:root' } })),
    'service',
    'slipway-fn-list-runs-role',
  ),
  altered(
    'permissions are on roles, and written out',
    TOPIC,
    'a policy of AWS',
    { type: 'aws:iam/rolePolicyAttachment:RolePolicyAttachment' },
    ['RolePolicyAttachment', 'RolePolicy on a Role'],
  ),
  changed('resources that can be are tagged', LAMBDA, 'no tags', drop('tags'), 'naming.tags'),
  altered(
    'resources that can be are tagged',
    TOPIC,
    'of a type that nobody thought of',
    { type: 'aws:new/thing:Thing', inputs: {} },
    ['aws:new/thing:Thing', 'naming.tags'],
  ),
];
