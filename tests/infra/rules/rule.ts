import type { PolicyDocument, Statement } from '../../../infra/policies/policy-document.ts';
import type { GraphResource, ResourceGraph } from '../../../local/graph/resource-graph.ts';

/** Answers a sentence for each resource that breaks the rule: which one, and what to do. */
export type Rule = (graph: ResourceGraph) => readonly string[];

/** By what is so where the rule is kept. Comments name the checks of checkov (CKV) and of the CIS benchmark that it stands for. */
export type Rules = { readonly [name: string]: Rule };

export type Inputs = GraphResource['inputs'];

export const TABLE = 'aws:dynamodb/table:Table';
export const BUCKET = 'aws:s3/bucket:Bucket';
export const QUEUE = 'aws:sqs/queue:Queue';
export const TOPIC = 'aws:sns/topic:Topic';
export const LOG_GROUP = 'aws:cloudwatch/logGroup:LogGroup';
export const KEY = 'aws:kms/key:Key';
export const LAMBDA = 'aws:lambda/function:Function';
export const SECRET = 'aws:secretsmanager/secret:Secret';
export const ALIAS = 'aws:lambda/alias:Alias';
export const MACHINE = 'aws:sfn/stateMachine:StateMachine';
export const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';
export const AUTHORISER = 'aws:apigatewayv2/authorizer:Authorizer';
export const API = 'aws:apigatewayv2/api:Api';

export const ofType = (graph: ResourceGraph, type: string) => graph.resources.filter((resource) => resource.type === type);

/** What is found on the way down an object; undefined where the way ends. */
export const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );

/** Every resource of the type passes, or is named with the mend. */
export const each =
  (type: string, mend: string, passes: (inputs: Inputs, resource: GraphResource, graph: ResourceGraph) => boolean): Rule =>
  (graph) =>
    ofType(graph, type)
      .filter((resource) => !passes(resource.inputs, resource, graph))
      .map((resource) => `${type} ${resource.name}: ${mend}`);

/** Several rules as one. */
export const every =
  (...rules: readonly Rule[]): Rule =>
  (graph) =>
    rules.flatMap((rule) => rule(graph));

export interface Placed {
  readonly resource: GraphResource;
  /** `policy`, or `assumeRolePolicy` for who may take on a role. */
  readonly field: string;
  readonly statement: Statement;
}

export const statementsOf = (policy: unknown): readonly Statement[] =>
  typeof policy === 'string' ? (JSON.parse(policy) as PolicyDocument).Statement : [];

const statements = (graph: ResourceGraph): readonly Placed[] =>
  graph.resources.flatMap((resource) =>
    ['policy', 'assumeRolePolicy'].flatMap((field) =>
      statementsOf(resource.inputs[field]).map((statement) => ({ resource, field, statement })),
    ),
  );

/** Every statement of every policy passes. */
export const eachStatement =
  (mend: string, passes: (placed: Placed) => boolean): Rule =>
  (graph) =>
    statements(graph)
      .filter((placed) => !passes(placed))
      .map(({ resource, statement }) => `${resource.type} ${resource.name}, statement ${statement.Sid}: ${mend}`);

/** Whether a resource policy refuses all who come without TLS. */
export const refusesPlainText = (policy: unknown, action: string): boolean =>
  statementsOf(policy).some(
    (statement) =>
      statement.Effect === 'Deny' &&
      statement.Principal?.AWS === '*' &&
      statement.Action.includes(action) &&
      at(statement.Condition, 'Bool', 'aws:SecureTransport') === 'false',
  );
