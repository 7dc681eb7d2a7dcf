import type { ResourceGraph } from '../../../local/graph/resource-graph.ts';
import { createAlarm, createCompositeAlarm, createDashboard } from './resources/alarm.ts';
import {
  blockPublicAccess,
  createBucket,
  encryptBucket,
  guardBucket,
  ownObjects,
  tidyBucket,
  versionBucket,
} from './resources/bucket.ts';
import type { Creator, Deployment } from './resources/creator.ts';
import { aimRule, createEventBus, createEventRule } from './resources/event-rule.ts';
import { createAlias, createFunction, permitCaller } from './resources/function.ts';
import { createApi, createAuthoriser, createIntegration, createRoute, createStage } from './resources/http-api.ts';
import { createLogGroup } from './resources/log-group.ts';
import { createQueue, guardQueue } from './resources/queue.ts';
import { allowRole, createRole } from './resources/role.ts';
import { createScheduleGroup } from './resources/schedule-group.ts';
import { createSecret, scheduleRotation } from './resources/secret.ts';
import { createStateMachine } from './resources/state-machine.ts';
import { createTable } from './resources/table.ts';
import { createTopic, guardTopic, subscribe } from './resources/topic.ts';

const CREATORS: { readonly [type: string]: Creator } = {
  'aws:apigatewayv2/api:Api': createApi,
  'aws:apigatewayv2/authorizer:Authorizer': createAuthoriser,
  'aws:apigatewayv2/integration:Integration': createIntegration,
  'aws:apigatewayv2/route:Route': createRoute,
  'aws:apigatewayv2/stage:Stage': createStage,
  'aws:cloudwatch/compositeAlarm:CompositeAlarm': createCompositeAlarm,
  'aws:cloudwatch/dashboard:Dashboard': createDashboard,
  'aws:cloudwatch/eventBus:EventBus': createEventBus,
  'aws:cloudwatch/eventRule:EventRule': createEventRule,
  'aws:cloudwatch/eventTarget:EventTarget': aimRule,
  'aws:cloudwatch/logGroup:LogGroup': createLogGroup,
  'aws:cloudwatch/metricAlarm:MetricAlarm': createAlarm,
  'aws:dynamodb/table:Table': createTable,
  'aws:iam/role:Role': createRole,
  'aws:iam/rolePolicy:RolePolicy': allowRole,
  'aws:lambda/alias:Alias': createAlias,
  'aws:lambda/function:Function': createFunction,
  'aws:lambda/permission:Permission': permitCaller,
  'aws:s3/bucket:Bucket': createBucket,
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': tidyBucket,
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls': ownObjects,
  'aws:s3/bucketPolicy:BucketPolicy': guardBucket,
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': blockPublicAccess,
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': encryptBucket,
  'aws:s3/bucketVersioning:BucketVersioning': versionBucket,
  'aws:scheduler/scheduleGroup:ScheduleGroup': createScheduleGroup,
  'aws:secretsmanager/secret:Secret': createSecret,
  'aws:secretsmanager/secretRotation:SecretRotation': scheduleRotation,
  'aws:sfn/stateMachine:StateMachine': createStateMachine,
  'aws:sns/topic:Topic': createTopic,
  'aws:sns/topicPolicy:TopicPolicy': guardTopic,
  'aws:sns/topicSubscription:TopicSubscription': subscribe,
  'aws:sqs/queue:Queue': createQueue,
  'aws:sqs/queuePolicy:QueuePolicy': guardQueue,
};

/** Types that the peer does not know, and why the suite does without them. */
export const LEFT_OUT: { readonly [type: string]: string } = {
  'aws:codedeploy/application:Application': 'MiniStack has no CodeDeploy; aliases stay at the version that is made first',
  'aws:codedeploy/deploymentGroup:DeploymentGroup': 'the same',
};

/** Makes every resource of the graph on the peer, in the order of the program. Throws at a type that nothing is known of. */
export async function deploy(graph: ResourceGraph, deployment: Deployment): Promise<void> {
  for (const resource of graph.resources) {
    if (!resource.custom || resource.type === 'pulumi:pulumi:Stack' || resource.type in LEFT_OUT) continue;
    const create = CREATORS[resource.type];
    if (create === undefined) {
      throw new Error(`${resource.type} (${resource.name}) has no creator: add one to tests/peers/ministack/resources.`);
    }
    try {
      await create(resource, deployment);
    } catch (cause) {
      throw new Error(`The peer refused ${resource.type} ${resource.name}: ${String(cause)}`, { cause });
    }
  }
}
