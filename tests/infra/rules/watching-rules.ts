import { isDeepStrictEqual } from 'node:util';
import type { GraphResource, ResourceGraph } from '../../../local/graph/resource-graph.ts';
import { ALARM, API, at, each, every, LAMBDA, MACHINE, ofType, QUEUE, type Rule, type Rules, TABLE } from './rule.ts';

const COMPOSITE = 'aws:cloudwatch/compositeAlarm:CompositeAlarm';
const DASHBOARD = 'aws:cloudwatch/dashboard:Dashboard';
const EVENT_TARGET = 'aws:cloudwatch/eventTarget:EventTarget';
const INTEGRATION = 'aws:apigatewayv2/integration:Integration';
const SUBSCRIPTION = 'aws:sns/topicSubscription:TopicSubscription';

const tellsSomebody = (inputs: GraphResource['inputs']) =>
  Array.isArray(inputs['alarmActions']) && inputs['alarmActions'].length > 0 && inputs['actionsEnabled'] !== false;

/** Whether alarms on all of these metrics of a resource tell somebody. */
const isWatched = (graph: ResourceGraph, namespace: string, metrics: readonly string[], dimensions: object) =>
  metrics.every((metric) =>
    ofType(graph, ALARM).some(
      ({ inputs }) =>
        inputs['namespace'] === namespace &&
        inputs['metricName'] === metric &&
        isDeepStrictEqual(inputs['dimensions'], dimensions) &&
        tellsSomebody(inputs),
    ),
  );

const watched = (
  type: string,
  namespace: string,
  metrics: readonly string[],
  dimension: string,
  key: (resource: GraphResource) => unknown,
): Rule =>
  each(
    type,
    `add an alarm on ${metrics.join(' and ')} with an action to infra/components/plane-alarms.ts`,
    (_, resource, graph) => isWatched(graph, namespace, metrics, { [dimension]: key(resource) }),
  );

const isWatchedQueue = (graph: ResourceGraph, arn: unknown) =>
  ofType(graph, QUEUE).some(
    (queue) =>
      queue.outputs['arn'] === arn &&
      isWatched(graph, 'AWS/SQS', ['ApproximateNumberOfMessagesVisible'], { QueueName: queue.outputs['name'] }),
  );

const leadsTo = (lambda: GraphResource, target: unknown) =>
  target === lambda.outputs['arn'] || String(target).includes(`${lambda.outputs['arn']}:`);

/** Declared beside the plane, perhaps in another program: its alarms are mailed by their names. */
const isBeside = ({ urn }: GraphResource) => urn.includes('slipway:infra:RotationAlarms$');

const isAsynchronous = (graph: ResourceGraph, lambda: GraphResource) =>
  ofType(graph, EVENT_TARGET).some(({ inputs }) => leadsTo(lambda, inputs['arn'])) ||
  ofType(graph, SUBSCRIPTION).some(({ inputs }) => leadsTo(lambda, inputs['endpoint']));

/** What only an API calls fails as that API does, whose alarm tells of it. */
const isWatchedByItsApi = (graph: ResourceGraph, lambda: GraphResource) =>
  !isAsynchronous(graph, lambda) &&
  !ofType(graph, MACHINE).some(({ inputs }) => leadsTo(lambda, inputs['definition'])) &&
  ofType(graph, INTEGRATION).some(
    ({ inputs }) =>
      leadsTo(lambda, inputs['integrationUri']) && isWatched(graph, 'AWS/ApiGateway', ['5xx'], { ApiId: inputs['apiId'] }),
  );

/** Who is told of what. */
export const WATCHING_RULES: Rules = {
  'functions have an alarm': each(
    LAMBDA,
    'add an alarm on Errors with an action to infra/components/plane-alarms.ts',
    (_, lambda, graph) =>
      isWatched(graph, 'AWS/Lambda', ['Errors'], { FunctionName: lambda.outputs['name'] }) || isWatchedByItsApi(graph, lambda),
  ),
  'machines have an alarm': watched(
    MACHINE,
    'AWS/States',
    ['ExecutionsFailed', 'ExecutionsTimedOut'],
    'StateMachineArn',
    ({ outputs }) => outputs['arn'],
  ),
  'tables have an alarm': watched(
    TABLE,
    'AWS/DynamoDB',
    ['ReadThrottleEvents', 'WriteThrottleEvents'],
    'TableName',
    ({ outputs }) => outputs['name'],
  ),
  'indexes have an alarm': each(
    TABLE,
    'give PlaneAlarms every index of it',
    ({ globalSecondaryIndexes }, { outputs }, graph) =>
      Array.isArray(globalSecondaryIndexes) &&
      globalSecondaryIndexes.every((index) => {
        const dimensions = { TableName: outputs['name'], GlobalSecondaryIndexName: at(index, 'name') };
        return isWatched(graph, 'AWS/DynamoDB', ['WriteThrottleEvents'], dimensions);
      }),
  ),
  'queues have an alarm': watched(
    QUEUE,
    'AWS/SQS',
    ['ApproximateNumberOfMessagesVisible'],
    'QueueName',
    ({ outputs }) => outputs['name'],
  ),
  'APIs have an alarm': watched(API, 'AWS/ApiGateway', ['5xx'], 'ApiId', ({ id }) => id),
  // CKV_AWS_116, for what is called asynchronously
  'what is lost goes to a queue that is watched': every(
    each(
      LAMBDA,
      'set deadLetterConfig to a queue with an alarm',
      (inputs, lambda, graph) =>
        !isAsynchronous(graph, lambda) || isWatchedQueue(graph, at(inputs, 'deadLetterConfig', 'targetArn')),
    ),
    each(EVENT_TARGET, 'set deadLetterConfig to a queue with an alarm', (inputs, _, graph) =>
      isWatchedQueue(graph, at(inputs, 'deadLetterConfig', 'arn')),
    ),
  ),
  // CKV_AWS_319
  'alarms act, and do not fire for want of data': each(
    ALARM,
    'set alarmActions, and treatMissingData to notBreaching',
    (inputs) => tellsSomebody(inputs) && inputs['treatMissingData'] === 'notBreaching',
  ),
  'one alarm tells of all': every(
    (graph) =>
      ofType(graph, COMPOSITE).some(({ inputs }) => tellsSomebody(inputs))
        ? []
        : [`${COMPOSITE}: add an UnwellAlarm with an action`],
    each(
      ALARM,
      'name it in the rule of the UnwellAlarm',
      (inputs, alarm, graph) =>
        isBeside(alarm) ||
        ofType(graph, COMPOSITE).some((one) => String(one.inputs['alarmRule']).includes(`ALARM("${inputs['name']}")`)),
    ),
  ),
  'the dashboard shows every alarm': each(
    ALARM,
    'show it in infra/components/plane-dashboard.ts',
    (_, alarm, graph) =>
      isBeside(alarm) ||
      ofType(graph, DASHBOARD).some(({ inputs }) => String(inputs['dashboardBody']).includes(`"${alarm.outputs['arn']}"`)),
  ),
};
