import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { IAMClient } from '@aws-sdk/client-iam';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import {
  dynamoClient,
  eventBridgeClient,
  lambdaClient,
  s3Client,
  schedulerClient,
  secretsManagerClient,
  stepFunctionsClient,
} from '../../../adapters/aws/clients.ts';

/** Whoever deploys: the peer's root. */
export const PLACE = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

export type Clients = ReturnType<typeof clientsOf>;

/** A client for every service that the graph needs. */
export const clientsOf = (endpoint: string) => {
  const place = { ...PLACE, endpoint };
  const own = { ...place, requestTimeout: 60_000 };
  return {
    api: new ApiGatewayV2Client(place),
    cloudWatch: new CloudWatchClient(place),
    dynamo: dynamoClient(own),
    events: eventBridgeClient(own),
    iam: new IAMClient(place),
    lambda: lambdaClient(own),
    logs: new CloudWatchLogsClient(place),
    s3: s3Client(own),
    scheduler: schedulerClient(own),
    secrets: secretsManagerClient(own),
    sns: new SNSClient(place),
    sqs: new SQSClient(place),
    states: stepFunctionsClient(own),
  };
};
