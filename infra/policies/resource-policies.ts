import type { Arns } from '../naming.ts';
import { type PolicyDocument, policyDocument, type Statement } from './policy-document.ts';

const withoutTls = (actions: readonly string[], resources: readonly string[]): Statement => ({
  Sid: 'TlsOnly',
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: actions,
  Resource: resources,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});

/** Refuses whoever comes to a bucket without TLS. */
export function tlsOnlyBucketPolicy(bucketArn: string): PolicyDocument {
  return policyDocument(withoutTls(['s3:*'], [bucketArn, `${bucketArn}/*`]));
}

/** Lets these EventBridge rules and these topics, and nobody else, put what they could not deliver. */
export function undeliveredQueuePolicy(
  queueArn: string,
  ruleArns: readonly string[],
  topicArns: readonly string[],
): PolicyDocument {
  return policyDocument(
    {
      Sid: 'Rules',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: ['sqs:SendMessage'],
      Resource: [queueArn],
      Condition: { ArnEquals: { 'aws:SourceArn': ruleArns } },
    },
    {
      Sid: 'Topics',
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: ['sqs:SendMessage'],
      Resource: [queueArn],
      Condition: { ArnEquals: { 'aws:SourceArn': topicArns } },
    },
    withoutTls(['sqs:*'], [queueArn]),
  );
}

/** Lets these alarms of the account, and nobody else, publish to a topic; who comes without TLS is refused. */
export function alarmTopicPolicy(topicArn: string, arns: Arns, alarms: string): PolicyDocument {
  return policyDocument(
    {
      Sid: 'Alarms',
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: ['sns:Publish'],
      Resource: [topicArn],
      Condition: {
        StringEquals: { 'aws:SourceAccount': arns.place.account },
        ArnLike: { 'aws:SourceArn': alarms },
      },
    },
    withoutTls(['sns:Publish'], [topicArn]),
  );
}

/** Whoever may publish to it may by its own role; who comes without TLS is refused. */
export const alertTopicPolicy = (topicArn: string): PolicyDocument => policyDocument(withoutTls(['sns:Publish'], [topicArn]));
