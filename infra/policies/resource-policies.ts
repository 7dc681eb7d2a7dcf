import { type PolicyDocument, policyDocument } from './policy-document.ts';

/** Refuses whoever comes to a bucket without TLS. */
export function tlsOnlyBucketPolicy(bucketArn: string): PolicyDocument {
  return policyDocument({
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: ['s3:*'],
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
}

/** Lets these EventBridge rules, and nobody else, put what they could not deliver. */
export function undeliveredQueuePolicy(queueArn: string, ruleArns: readonly string[]): PolicyDocument {
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
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: ['sqs:SendMessage', 'sqs:ReceiveMessage'],
      Resource: [queueArn],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  );
}

/** Lets the alarms of one account publish to a topic. */
export function alarmTopicPolicy(topicArn: string, account: string): PolicyDocument {
  return policyDocument({
    Sid: 'Alarms',
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: ['sns:Publish'],
    Resource: [topicArn],
    Condition: { StringEquals: { 'aws:SourceAccount': account } },
  });
}
