import type { Arns } from '../naming.ts';
import { type PolicyDocument, policyDocument, type Statement } from './policy-document.ts';

const ADMINISTER = [
  'kms:GetKeyPolicy',
  'kms:PutKeyPolicy',
  'kms:ListKeyPolicies',
  'kms:EnableKey',
  'kms:DisableKey',
  'kms:EnableKeyRotation',
  'kms:DisableKeyRotation',
  'kms:GetKeyRotationStatus',
  'kms:ListKeyRotations',
  'kms:UpdateKeyDescription',
  'kms:CreateAlias',
  'kms:UpdateAlias',
  'kms:DeleteAlias',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:ListResourceTags',
  'kms:ListGrants',
  'kms:RevokeGrant',
  'kms:ScheduleKeyDeletion',
  'kms:CancelKeyDeletion',
];

/** What storing and reading under a key takes. */
export const USE_KEY = ['kms:DescribeKey', 'kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey'];

const RE_ENCRYPT = ['kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:CreateGrant'];

const service = (
  Sid: string,
  Service: string,
  Action: readonly string[],
  Condition: NonNullable<Statement['Condition']>,
): Statement => ({ Sid, Effect: 'Allow', Principal: { Service }, Action, Resource: ['*'], Condition });

/**
 * The account hands the key on by IAM policies, and four services use it for resources of this plane: whoever puts something into a
 * topic or a queue under the key needs the key as well. In a key's policy `*` is the key itself.
 */
export function keyPolicy(arns: Arns): PolicyDocument {
  const { partition, region, account } = arns.place;
  const ofAccount = { StringEquals: { 'aws:SourceAccount': account } };
  const groups = ['/aws/lambda/', '/aws/vendedlogs/api/', '/aws/vendedlogs/states/'].map((prefix) =>
    arns.logGroup(`${prefix}${arns.plane}*`),
  );
  return policyDocument(
    {
      Sid: 'Account',
      Effect: 'Allow',
      Principal: { AWS: `arn:${partition}:iam::${account}:root` },
      Action: [...ADMINISTER, ...USE_KEY, ...RE_ENCRYPT],
      Resource: ['*'],
    },
    service('Logs', `logs.${region}.amazonaws.com`, [...USE_KEY, ...RE_ENCRYPT.slice(0, 3)], {
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': groups },
    }),
    service('Alarms', 'cloudwatch.amazonaws.com', ['kms:Decrypt', 'kms:GenerateDataKey'], {
      ...ofAccount,
      ArnLike: { 'aws:SourceArn': [arns.alarm('*'), arns.guardrailAlarms] },
    }),
    service('Rules', 'events.amazonaws.com', ['kms:Decrypt', 'kms:GenerateDataKey'], {
      ...ofAccount,
      ArnLike: { 'aws:SourceArn': ['', `${arns.plane}/`].map((bus) => arns.own('events', `rule/${bus}${arns.plane}-*`)) },
    }),
    service('Topics', 'sns.amazonaws.com', ['kms:Decrypt', 'kms:GenerateDataKey'], {
      ...ofAccount,
      ArnLike: { 'aws:SourceArn': arns.own('sns', `${arns.plane}-*`) },
    }),
  );
}
