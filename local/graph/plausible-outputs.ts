/** What AWS would have answered for a resource: an id, and the outputs that others build on. */
export interface Answer {
  readonly id: string;
  readonly state: { readonly [name: string]: unknown };
}

type Inputs = { readonly [name: string]: unknown };

const PLACE = { partition: 'aws', region: 'us-east-1', account: '000000000000' } as const;

const arn = (service: string, resource: string) =>
  `arn:${PLACE.partition}:${service}:${PLACE.region}:${PLACE.account}:${resource}`;

/** Short, and the same in every evaluation. */
const idOf = (logicalName: string) => logicalName.replace(/[^a-z0-9]/g, '');

const invokeArn = (target: string) =>
  `arn:${PLACE.partition}:apigateway:${PLACE.region}:lambda:path/2015-03-31/functions/${target}/invocations`;

function lambda(name: string): Answer {
  const own = arn('lambda', `function:${name}`);
  return { id: name, state: { arn: own, version: '1', qualifiedArn: `${own}:1` } };
}

function queue(name: string): Answer {
  const url = `https://sqs.${PLACE.region}.amazonaws.com/${PLACE.account}/${name}`;
  return { id: url, state: { arn: arn('sqs', name), url } };
}

function api(logicalName: string): Answer {
  const id = idOf(logicalName);
  return {
    id,
    state: { executionArn: arn('execute-api', id), apiEndpoint: `https://${id}.execute-api.${PLACE.region}.amazonaws.com` },
  };
}

function alias(name: string, inputs: Inputs): Answer {
  const own = `${lambda(String(inputs['functionName'])).state['arn']}:${name}`;
  return { id: own, state: { arn: own, invokeArn: invokeArn(own) } };
}

const named = (service: string, prefix: string) => (name: string) => ({
  id: name,
  state: { arn: arn(service, `${prefix}${name}`) },
});

/** By type: the answer to a resource with this physical name. */
const ANSWERS: { readonly [type: string]: (name: string, logicalName: string, inputs: Inputs) => Answer } = {
  'aws:lambda/function:Function': lambda,
  'aws:lambda/alias:Alias': (name, _, inputs) => alias(name, inputs),
  'aws:sqs/queue:Queue': queue,
  'aws:apigatewayv2/api:Api': (_, logicalName) => api(logicalName),
  'aws:apigatewayv2/stage:Stage': (name, _, inputs) => ({
    id: name,
    state: { invokeUrl: `https://${String(inputs['apiId'])}.execute-api.${PLACE.region}.amazonaws.com/` },
  }),
  'aws:dynamodb/table:Table': named('dynamodb', 'table/'),
  'aws:cloudwatch/eventBus:EventBus': named('events', 'event-bus/'),
  // Only the rules of the account's own bus have no bus in their ARN.
  'aws:cloudwatch/eventRule:EventRule': (name, _, { eventBusName }) =>
    named('events', eventBusName === undefined ? 'rule/' : `rule/${String(eventBusName)}/`)(name),
  'aws:cloudwatch/logGroup:LogGroup': named('logs', 'log-group:'),
  'aws:cloudwatch/metricAlarm:MetricAlarm': named('cloudwatch', 'alarm:'),
  'aws:cloudwatch/compositeAlarm:CompositeAlarm': (_, __, inputs) => named('cloudwatch', 'alarm:')(String(inputs['alarmName'])),
  'aws:kms/key:Key': (_, logicalName) => {
    const keyId = idOf(logicalName);
    return { id: keyId, state: { keyId, arn: arn('kms', `key/${keyId}`) } };
  },
  'aws:sns/topic:Topic': (name) => ({ id: arn('sns', name), state: { arn: arn('sns', name) } }),
  'aws:sfn/stateMachine:StateMachine': (name) => {
    const own = arn('states', `stateMachine:${name}`);
    return { id: own, state: { arn: own } };
  },
  // The service puts six characters of its own after the name.
  'aws:secretsmanager/secret:Secret': (name) => named('secretsmanager', 'secret:')(`${name}-000000`),
  'aws:iam/role:Role': (name) => ({
    id: name,
    state: { arn: `arn:${PLACE.partition}:iam::${PLACE.account}:role/${name}`, uniqueId: idOf(name) },
  }),
  'aws:s3/bucket:Bucket': (_, __, inputs) => {
    const bucket = String(inputs['bucket']);
    return { id: bucket, state: { arn: `arn:${PLACE.partition}:s3:::${bucket}` } };
  },
};

/** Outputs are the inputs with AWS's additions; a resource that nobody builds on gets an id only. */
export function answerFor(type: string, logicalName: string, inputs: Inputs): Answer {
  const given = inputs['name'];
  const name = typeof given === 'string' ? given : logicalName;
  const answer = ANSWERS[type]?.(name, logicalName, inputs) ?? { id: idOf(logicalName), state: {} };
  return { id: answer.id, state: { ...inputs, name, ...answer.state } };
}

/** The data sources that the program may ask. */
export function answerCall(token: string): { readonly [name: string]: string } {
  switch (token) {
    case 'aws:index/getCallerIdentity:getCallerIdentity':
      return { accountId: PLACE.account, id: PLACE.account, arn: `arn:aws:iam::${PLACE.account}:root`, userId: PLACE.account };
    case 'aws:index/getRegion:getRegion':
      return { region: PLACE.region, id: PLACE.region };
    case 'aws:index/getPartition:getPartition':
      return { partition: PLACE.partition, id: PLACE.partition };
    default:
      throw new Error(`The graph has no answer for ${token}: add one to local/graph/plausible-outputs.ts.`);
  }
}
