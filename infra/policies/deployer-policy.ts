import { allow, type PolicyDocument, policyDocument } from './policy-document.ts';

export interface DeployerPolicyArgs {
  /** Of the functions whose aliases are moved. */
  readonly functionArns: readonly string[];
  /** The alarms that stop a deployment. */
  readonly alarmArns: readonly string[];
}

/** What CodeDeploy needs to move an alias between versions and to look at alarms meanwhile. */
export const deployerPolicy = ({ functionArns, alarmArns }: DeployerPolicyArgs): PolicyDocument =>
  policyDocument(
    ...allow(
      'MoveAliases',
      ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetProvisionedConcurrencyConfig'],
      functionArns.flatMap((arn) => [arn, `${arn}:live`]),
    ),
    ...allow('SeeAlarms', ['cloudwatch:DescribeAlarms'], alarmArns),
  );
