import type { PolicyDocument, Statement } from '../../../infra/policies/policy-document.ts';
import type { GraphResource, ResourceGraph } from '../../../local/graph/resource-graph.ts';

/** A policy that hangs on a resource, and whose service acts on whose behalf by it. */
export interface ResourcePolicy {
  /** The Pulumi name of what holds the policy. */
  readonly name: string;
  /** Of the resource that is guarded. */
  readonly arn: string;
  readonly document: PolicyDocument;
}

const text = (resource: GraphResource, field: string): string => {
  const value = resource.outputs[field];
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${resource.type} ${resource.name} has no ${field}.`);
};

export const ofType = (graph: ResourceGraph, type: string): readonly GraphResource[] =>
  graph.resources.filter((resource) => resource.type === type);

const documentOf = (resource: GraphResource, field: string): PolicyDocument => JSON.parse(text(resource, field));

/** The trust of each role. */
export const trusts = (graph: ResourceGraph): readonly ResourcePolicy[] =>
  ofType(graph, 'aws:iam/role:Role').map((role) => ({
    name: role.name,
    arn: text(role, 'arn'),
    document: documentOf(role, 'assumeRolePolicy'),
  }));

/** What a Permission adds to its function's policy, as Lambda writes it. */
export function permissionPolicy(graph: ResourceGraph, permission: GraphResource): ResourcePolicy {
  const lambda = ofType(graph, 'aws:lambda/function:Function').find(
    ({ outputs }) => outputs['name'] === permission.inputs['function'],
  );
  if (lambda === undefined) throw new Error(`${permission.name} is for no function of the graph.`);
  const { qualifier, sourceAccount } = permission.inputs;
  const arn = `${text(lambda, 'arn')}${qualifier === undefined ? '' : `:${String(qualifier)}`}`;
  const account = sourceAccount === undefined ? {} : { StringEquals: { 'aws:SourceAccount': String(sourceAccount) } };
  const statement: Statement = {
    Sid: 'Permission',
    Effect: 'Allow',
    Principal: { Service: text(permission, 'principal') },
    Action: [text(permission, 'action')],
    Resource: [arn],
    Condition: { ArnLike: { 'aws:SourceArn': text(permission, 'sourceArn') }, ...account },
  };
  return { name: permission.name, arn, document: { Version: '2012-10-17', Statement: [statement] } };
}

/** The policies of the queue, the topic, the bucket and the key. */
export const guarded = (graph: ResourceGraph): readonly ResourcePolicy[] => {
  const holders: readonly (readonly [type: string, arnOf: (resource: GraphResource) => string])[] = [
    ['aws:sqs/queuePolicy:QueuePolicy', (one) => arnWhere(graph, 'aws:sqs/queue:Queue', 'url', one.inputs['queueUrl'])],
    ['aws:sns/topicPolicy:TopicPolicy', (one) => text(one, 'arn')],
    ['aws:s3/bucketPolicy:BucketPolicy', (one) => arnWhere(graph, 'aws:s3/bucket:Bucket', 'bucket', one.inputs['bucket'])],
    ['aws:kms/key:Key', (one) => text(one, 'arn')],
  ];
  return holders.flatMap(([type, arnOf]) =>
    ofType(graph, type).map((one) => ({ name: one.name, arn: arnOf(one), document: documentOf(one, 'policy') })),
  );
};

function arnWhere(graph: ResourceGraph, type: string, field: string, value: unknown): string {
  const found = ofType(graph, type).find(({ outputs }) => outputs[field] === value);
  if (found === undefined) throw new Error(`There is no ${type} with ${field} ${String(value)}.`);
  return text(found, 'arn');
}
