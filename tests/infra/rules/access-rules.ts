import type { Statement } from '../../../infra/policies/policy-document.ts';
import type { GraphResource } from '../../../local/graph/resource-graph.ts';
import { ALIAS, AUTHORISER, at, each, eachStatement, KEY, ofType, type Placed, type Rules } from './rule.ts';

/** Actions for which AWS knows no resource, with the page of its service authorisation reference that says so. */
const WITHOUT_RESOURCES: { readonly [prefix: string]: string } = {
  'xray:': 'list_awsx-ray.html',
  // Its one resource, a dataset, is optional: figures of the account have none.
  'cloudwatch:GetMetricData': 'list_amazoncloudwatch.html',
  'cloudwatch:PutMetricData': 'list_amazoncloudwatch.html',
  // Who may ask for some alarms only is told of no composite one.
  'cloudwatch:DescribeAlarms': 'permissions-reference-cw.html',
  'dynamodb:ListTables': 'list_amazondynamodb.html',
  'logs:CreateLogDelivery': 'list_amazoncloudwatchlogs.html',
  'logs:GetLogDelivery': 'list_amazoncloudwatchlogs.html',
  'logs:UpdateLogDelivery': 'list_amazoncloudwatchlogs.html',
  'logs:DeleteLogDelivery': 'list_amazoncloudwatchlogs.html',
  'logs:ListLogDeliveries': 'list_amazoncloudwatchlogs.html',
  'logs:PutResourcePolicy': 'list_amazoncloudwatchlogs.html',
  'logs:DescribeResourcePolicies': 'list_amazoncloudwatchlogs.html',
  'logs:DescribeLogGroups': 'list_amazoncloudwatchlogs.html',
  // Lambda asks for every resource (its guide, "Giving Lambda functions access to resources in an Amazon VPC").
  'ec2:CreateNetworkInterface': 'configuration-vpc.html',
  'ec2:DescribeNetworkInterfaces': 'configuration-vpc.html',
  'ec2:DescribeSubnets': 'configuration-vpc.html',
  'ec2:DeleteNetworkInterface': 'configuration-vpc.html',
  'ec2:AssignPrivateIpAddresses': 'configuration-vpc.html',
  'ec2:UnassignPrivateIpAddresses': 'configuration-vpc.html',
};

const needsNoResource = (action: string) => Object.keys(WITHOUT_RESOURCES).some((prefix) => action.startsWith(prefix));

/** In a key's policy `*` is the key itself. */
const namesResources = ({ statement, field, resource }: Placed) =>
  field === 'assumeRolePolicy' ||
  statement.Effect === 'Deny' ||
  resource.type === KEY ||
  !(statement.Resource ?? ['*']).includes('*') ||
  statement.Action.every(needsNoResource);

const SOURCES = ['aws:SourceArn', 'aws:SourceAccount', 'kms:EncryptionContext:aws:logs:arn'];

/** A service that acts for many customers must be held to ours. */
function hasSource({ statement }: Placed): boolean {
  const service = statement.Principal?.Service;
  if (statement.Effect === 'Deny' || service === undefined) return true;
  const keys = Object.values(statement.Condition ?? {}).flatMap((condition) => Object.keys(condition));
  return SOURCES.some((source) => keys.includes(source));
}

/** Keys alone are handed to the account, whose IAM policies then say who uses them. */
const trustsServices = ({ statement, resource }: Placed) => {
  const account = statement.Principal?.AWS;
  return (
    statement.Effect === 'Deny' ||
    account === undefined ||
    (resource.type === KEY && /^arn:[a-z-]+:iam::\d{12}:root$/.test(account))
  );
};

/** What would let a role give itself, or another, more. */
const GRANTS_MORE = /^(iam|sts|organizations|lambda:(Create|Update|Add)|kms:(PutKeyPolicy|CreateGrant))/;

const grantsNoMore = ({ statement, resource, field }: Placed) =>
  field === 'assumeRolePolicy' ||
  resource.type === KEY ||
  statement.Effect === 'Deny' ||
  statement.Action.every(
    (action) => !GRANTS_MORE.test(action) || movesAnAlias(statement, action) || handsOnOneRole(statement, action),
  );

/** CodeDeploy moves aliases between versions that are there already. */
const movesAnAlias = (statement: Statement, action: string) => statement.Sid === 'MoveAliases' && action === 'lambda:UpdateAlias';

/** One role, to the one service that is trusted with it. */
const handsOnOneRole = ({ Action, Resource, Condition }: Statement, action: string) =>
  action === 'iam:PassRole' &&
  Action.length === 1 &&
  Resource?.length === 1 &&
  !Resource[0]?.includes('*') &&
  Condition?.['StringEquals']?.['iam:PassedToService'] === 'scheduler.amazonaws.com';

/** It has no alias: each of its steps looks at what is there, whichever version took the one before. */
const isOfRotatedSecret = ({ urn, inputs }: GraphResource) =>
  urn.includes('slipway:infra:RotatedSecret$') && typeof inputs['sourceAccount'] === 'string';

const UNTAGGABLE = [
  AUTHORISER,
  'aws:apigatewayv2/integration:Integration',
  'aws:apigatewayv2/route:Route',
  'aws:cloudwatch/dashboard:Dashboard',
  'aws:cloudwatch/eventTarget:EventTarget',
  'aws:iam/rolePolicy:RolePolicy',
  'aws:kms/alias:Alias',
  'aws:lambda/alias:Alias',
  'aws:lambda/permission:Permission',
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration',
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls',
  'aws:s3/bucketPolicy:BucketPolicy',
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock',
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
  'aws:s3/bucketVersioning:BucketVersioning',
  'aws:secretsmanager/secretRotation:SecretRotation',
  'aws:sns/topicPolicy:TopicPolicy',
  'aws:sns/topicSubscription:TopicSubscription',
  'aws:sqs/queuePolicy:QueuePolicy',
];

/** Ways to permissions that no rule here reads, or that belong to people. */
const STRANGE_TYPES = /^aws:iam\/(user|group|accessKey|policyAttachment|rolePolicyAttachment|policy:)/;

/** Who may do what, and whose it is. */
export const ACCESS_RULES: Rules = {
  // CKV_AWS_309
  'routes are not public': each(
    'aws:apigatewayv2/route:Route',
    'set authorizationType, and authorizerId where it is not IAM',
    (inputs, _, graph) =>
      inputs['authorizationType'] === 'AWS_IAM' ||
      (inputs['authorizationType'] === 'JWT' && ofType(graph, AUTHORISER).some(({ id }) => id === inputs['authorizerId'])),
  ),
  // A token for somebody else opens nothing here.
  'tokens are of one issuer and for us': each(
    AUTHORISER,
    'set issuer and audiences of jwtConfiguration',
    (inputs) =>
      String(at(inputs, 'jwtConfiguration', 'issuer')).startsWith('https://') &&
      Object.keys(at(inputs, 'jwtConfiguration', 'audiences') ?? {}).length > 0,
  ),
  // CKV_AWS_95
  'stages are throttled and logged': each(
    'aws:apigatewayv2/stage:Stage',
    'set defaultRouteSettings and accessLogSettings',
    (inputs) =>
      Number(at(inputs, 'defaultRouteSettings', 'throttlingRateLimit')) > 0 &&
      Number(at(inputs, 'defaultRouteSettings', 'throttlingBurstLimit')) > 0 &&
      at(inputs, 'accessLogSettings', 'destinationArn') !== undefined,
  ),
  // CKV_AWS_301, CKV_AWS_364
  'permissions name their caller and their alias': each(
    'aws:lambda/permission:Permission',
    'set sourceArn, and qualifier to the alias of the function',
    (inputs, permission, graph) =>
      typeof inputs['sourceArn'] === 'string' &&
      (isOfRotatedSecret(permission) ||
        ofType(graph, ALIAS).some(
          (alias) => alias.inputs['functionName'] === inputs['function'] && alias.inputs['name'] === inputs['qualifier'],
        )),
  ),
  // CKV_AWS_63, CKV_AWS_49
  'actions are named': eachStatement(
    'name each action instead of *',
    ({ statement }) => statement.Effect === 'Deny' || statement.Action.every((action) => !action.includes('*')),
  ),
  // Otherwise CloudWatch tells of no composite alarm, such as a team's own guardrail may be.
  'who reads alarms may read all': eachStatement(
    'give cloudwatch:DescribeAlarms a statement of its own on *',
    ({ statement }) => !statement.Action.includes('cloudwatch:DescribeAlarms') || statement.Resource?.join() === '*',
  ),
  // CKV_AWS_355, CKV_AWS_290, CKV_AWS_288
  'resources are named': eachStatement('name the resources instead of *', namesResources),
  // CKV_AWS_286, CKV_AWS_289
  'roles cannot give themselves more': eachStatement('take the action away, or give it to the deployer', grantsNoMore),
  // CKV_AWS_168, CKV_AWS_169, CKV_AWS_385
  'services are held to our resources': eachStatement('add a condition on aws:SourceArn or aws:SourceAccount', hasSource),
  // CKV_AWS_60, CKV_AWS_61, CKV_AWS_33, CKV_AWS_70
  'nobody else is trusted': eachStatement('name a service as the principal', trustsServices),
  // CKV_AWS_40, CKV_AWS_274; CIS 1.15
  'permissions are on roles, and written out': (graph) =>
    graph.resources
      .filter(({ type }) => STRANGE_TYPES.test(type))
      .map(({ type, name }) => `${type} ${name}: use a RolePolicy on a Role`),
  'resources that can be are tagged': (graph) =>
    graph.resources
      .filter(({ custom, type }) => custom && !UNTAGGABLE.includes(type))
      .filter(({ inputs }) => ['slipway:environment', 'slipway:managed-by'].some((tag) => at(inputs, 'tags', tag) === undefined))
      .map(({ type, name }) => `${type} ${name}: set tags to naming.tags`),
};
