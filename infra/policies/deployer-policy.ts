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
      // With its aliases: two ARNs for each function would be more than a policy of a role holds.
      functionArns.map((arn) => `${arn}*`),
    ),
    ...allow('SeeAlarms', ['cloudwatch:DescribeAlarms'], alarmArns),
  );
