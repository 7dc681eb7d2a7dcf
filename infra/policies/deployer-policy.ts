import { allow, type PolicyDocument, policyDocument } from './policy-document.ts';

/** What CodeDeploy needs to move the aliases of these functions between versions, and to look at alarms meanwhile. */
export const deployerPolicy = (functionArns: readonly string[]): PolicyDocument =>
  policyDocument(
    ...allow(
      'MoveAliases',
      ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetProvisionedConcurrencyConfig'],
      // With its aliases: two ARNs for each function would be more than a policy of a role holds.
      functionArns.map((arn) => `${arn}*`),
    ),
    // CodeDeploy's own policy for Lambda has it so: which alarms it names in its requests is not known.
    ...allow('SeeAlarms', ['cloudwatch:DescribeAlarms'], ['*']),
  );
