import type { GraphResource, ResourceGraph } from '../../../local/graph/resource-graph.ts';
import { ALIAS, at, each, every, LAMBDA, LOG_GROUP, MACHINE, ofType, type Rules } from './rule.ts';

const GROUP = 'aws:codedeploy/deploymentGroup:DeploymentGroup';

/** Tasks and what rotates secrets are called as they are at the moment, not by version. */
const isOfTeam = ({ urn }: GraphResource) => /slipway:infra:(Task|RotatedSecret)\$/.test(urn);

/** Keys of AWS, and what is named like a secret. */
const SECRET = /AKIA[0-9A-Z]{16}|(?:secret|password|token)[^"]*":"[^"]/i;

/** Qualified ARNs of every published version. */
const publishedArns = (graph: ResourceGraph) => ofType(graph, LAMBDA).map(({ outputs }) => outputs['qualifiedArn']);

/** Every ARN of a function in a definition. */
const calledBy = (inputs: GraphResource['inputs']): readonly string[] =>
  String(inputs['definition']).match(/arn:[a-z-]+:lambda:[^:"]*:[^:"]*:function:[^"]+/g) ?? [];

const logsToItsOwn = (inputs: GraphResource['inputs'], graph: ResourceGraph) =>
  ofType(graph, LOG_GROUP).some((group) => group.inputs['name'] === at(inputs, 'loggingConfig', 'logGroup')) &&
  String(at(inputs, 'loggingConfig', 'logGroup')).endsWith(`/${inputs['name']}`);

/** How code runs and how it is changed. */
export const COMPUTE_RULES: Rules = {
  // CKV_AWS_363
  'functions run on arm64 with Node 24': each(
    LAMBDA,
    'set runtime nodejs24.x and architectures arm64',
    (inputs) => inputs['runtime'] === 'nodejs24.x' && at(inputs, 'architectures', '0') === 'arm64',
  ),
  'functions are published': each(LAMBDA, 'set publish', (inputs, lambda) => inputs['publish'] === true || isOfTeam(lambda)),
  // CKV_AWS_50
  'functions are traced': each(
    LAMBDA,
    'set tracingConfig.mode to Active',
    (inputs) => at(inputs, 'tracingConfig', 'mode') === 'Active',
  ),
  'functions log to a group of their own': each(LAMBDA, 'set loggingConfig to a LogGroup of its name', (inputs, _, graph) =>
    logsToItsOwn(inputs, graph),
  ),
  // Lambda's own filter would drop what is below info, which functions log when they are told to.
  'functions decide themselves from which level on they log': each(
    LAMBDA,
    'set loggingConfig.applicationLogLevel to TRACE',
    (inputs) => at(inputs, 'loggingConfig', 'applicationLogLevel') === 'TRACE',
  ),
  'functions share no role': each(
    LAMBDA,
    'give it a role of its own',
    (inputs, lambda, graph) =>
      !ofType(graph, LAMBDA).some((other) => other !== lambda && other.inputs['role'] === inputs['role']),
  ),
  // CKV_AWS_45
  'functions find no secret in their environment': each(
    LAMBDA,
    'take the secret from Secrets Manager',
    (inputs) => !SECRET.test(JSON.stringify(at(inputs, 'environment', 'variables'))),
  ),
  // CKV_AWS_284, CKV_AWS_285
  'machines are Standard, traced and logged': each(
    MACHINE,
    'set type, tracingConfiguration and loggingConfiguration',
    (inputs) =>
      inputs['type'] === 'STANDARD' &&
      at(inputs, 'tracingConfiguration', 'enabled') === true &&
      at(inputs, 'loggingConfiguration', 'level') === 'ERROR' &&
      at(inputs, 'loggingConfiguration', 'includeExecutionData') === false,
  ),
  'machines call published versions': each(MACHINE, 'name functions by their placeholders', (inputs, _, graph) =>
    calledBy(inputs).every((arn) => publishedArns(graph).includes(arn)),
  ),
  'aliases are moved by releases only': each(
    ALIAS,
    'pass ignoreChanges for functionVersion and routingConfig',
    (_, { ignoreChanges }) => ['functionVersion', 'routingConfig'].every((input) => ignoreChanges.includes(input)),
  ),
  'aliases are released in steps that alarms take back': every(
    each(ALIAS, 'add its function to Releases', (inputs, _, graph) =>
      ofType(graph, GROUP).some((group) => String(inputs['functionName']).endsWith(`-${group.inputs['deploymentGroupName']}`)),
    ),
    each(
      GROUP,
      'set alarmConfiguration and autoRollbackConfiguration',
      (inputs) =>
        at(inputs, 'alarmConfiguration', 'enabled') === true &&
        at(inputs, 'alarmConfiguration', 'alarms', '0') !== undefined &&
        at(inputs, 'autoRollbackConfiguration', 'enabled') === true &&
        JSON.stringify(at(inputs, 'autoRollbackConfiguration', 'events')).includes('DEPLOYMENT_STOP_ON_ALARM'),
    ),
  ),
};
