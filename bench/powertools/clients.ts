import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { traced } from './powertools.ts';

/** Set for each function as infra/bundle.ts sets it, so that both hold the same clients. */
declare const SLIPWAY_CALLS: {
  readonly [service in 's3' | 'events' | 'states' | 'lambda' | 'cloudwatch' | 'sns' | 'scheduler' | 'secretsmanager']: boolean;
};

const dynamodb = traced(new DynamoDBClient());
const s3 = SLIPWAY_CALLS.s3 ? traced(new S3Client()) : undefined;
const events = SLIPWAY_CALLS.events ? traced(new EventBridgeClient()) : undefined;
const states = SLIPWAY_CALLS.states ? traced(new SFNClient()) : undefined;
const lambda = SLIPWAY_CALLS.lambda ? traced(new LambdaClient()) : undefined;
const cloudwatch = SLIPWAY_CALLS.cloudwatch ? traced(new CloudWatchClient()) : undefined;
const sns = SLIPWAY_CALLS.sns ? traced(new SNSClient()) : undefined;
const scheduler = SLIPWAY_CALLS.scheduler ? traced(new SchedulerClient()) : undefined;
const secrets = SLIPWAY_CALLS.secretsmanager ? traced(new SecretsManagerClient()) : undefined;

/** Calls each client once: what a handler without a design of its own does with them. */
export async function callEach(id: string): Promise<unknown> {
  const Key = marshall({ pk: id, sk: id });
  const TableName = process.env['SLIPWAY_TABLE'];
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key }));
  await dynamodb.send(new QueryCommand({ TableName }));
  await dynamodb.send(new UpdateItemCommand({ TableName, Key }));
  if (SLIPWAY_CALLS.s3) {
    const Bucket = process.env['SLIPWAY_BUCKET'];
    await s3?.send(new GetObjectCommand({ Bucket, Key: id }));
    await s3?.send(new PutObjectCommand({ Bucket, Key: id, Body: id }));
  }
  if (SLIPWAY_CALLS.events) await events?.send(new PutEventsCommand({ Entries: [{ Detail: id }] }));
  if (SLIPWAY_CALLS.states) await states?.send(new StartExecutionCommand({ stateMachineArn: id }));
  if (SLIPWAY_CALLS.lambda) await lambda?.send(new InvokeCommand({ FunctionName: id }));
  if (SLIPWAY_CALLS.cloudwatch) await cloudwatch?.send(new DescribeAlarmsCommand({ AlarmNames: [id] }));
  if (SLIPWAY_CALLS.sns) await sns?.send(new PublishCommand({ TopicArn: id, Message: id }));
  if (SLIPWAY_CALLS.scheduler) await scheduler?.send(new GetScheduleCommand({ Name: id }));
  if (SLIPWAY_CALLS.secretsmanager) await secrets?.send(new GetSecretValueCommand({ SecretId: id }));
  return Item && unmarshall(Item);
}
