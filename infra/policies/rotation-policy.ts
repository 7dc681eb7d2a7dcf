import type { Arns } from '../naming.ts';
import { USE_KEY } from './key-policy.ts';
import { allow, type Statement } from './policy-document.ts';

export interface RotationPolicyArgs {
  readonly arns: Arns;
  readonly secret: { readonly name: string; readonly arn: string };
  /** The secret whose credential may change this one's. */
  readonly masterArn: string | undefined;
  /** Of the Task that knows a service with two keys. */
  readonly taskArn: string | undefined;
  /** Customers' keys under which any of it is encrypted. */
  readonly keyArns: readonly string[];
  readonly machineArn: string;
  readonly deadLetterArn: string;
}

/** The services that store under a customer's key in the function's name. */
const STORING = ['secretsmanager', 'dynamodb', 'sqs'];

/** What rotates one secret reaches: that secret, its items of the control table, and whoever revokes the old credential. */
export function rotationStatements(args: RotationPolicyArgs): readonly Statement[] {
  const { arns, secret, masterArn, taskArn } = args;
  const { place, plane } = arns;
  const values = ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'];
  const changes = ['secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'];
  const items = allow('Items', ['dynamodb:GetItem', 'dynamodb:UpdateItem'], [arns.own('dynamodb', `table/${plane}`)]);
  const services = STORING.map((service) => `${service}.${place.region}.amazonaws.com`);
  return [
    ...allow('Secret', [...values, ...changes], [secret.arn]),
    ...allow('Master', ['secretsmanager:GetSecretValue'], masterArn === undefined ? [] : [masterArn]),
    ...items.map((statement) => ({
      ...statement,
      Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`SECRET#${secret.name}`] } },
    })),
    ...allow('Events', ['events:PutEvents'], [arns.own('events', `event-bus/${plane}`)]),
    ...allow('Revocation', ['states:StartExecution'], [args.machineArn]),
    ...allow('Task', ['lambda:InvokeFunction'], taskArn === undefined ? [] : [taskArn]),
    ...allow('DeadLetter', ['sqs:SendMessage'], [args.deadLetterArn]),
    ...allow('Key', USE_KEY, args.keyArns).map((statement) => ({
      ...statement,
      Condition: { StringEquals: { 'kms:ViaService': services } },
    })),
  ];
}
