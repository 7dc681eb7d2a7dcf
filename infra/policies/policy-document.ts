interface Principal {
  readonly Service?: string;
  readonly AWS?: string;
}

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: Principal;
  readonly Action: readonly string[];
  /** Absent in trust policies only. */
  readonly Resource?: readonly string[];
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } };
}

/** An IAM policy in its one long form: lists everywhere, a Sid on each statement. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

export const policyDocument = (...statements: readonly Statement[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: statements,
});

/** No statement where there is no resource: IAM refuses an empty list. */
export function allow(sid: string, actions: readonly string[], resources: readonly string[]): readonly Statement[] {
  return resources.length === 0 ? [] : [{ Sid: sid, Effect: 'Allow', Action: actions, Resource: resources }];
}

/** X-Ray knows no resources. */
export const TRACE: readonly Statement[] = allow(
  'Trace',
  ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
  ['*'],
);

/**
 * Lambda makes the network interfaces of a function in a VPC with the function's own role. AWS asks for every resource here;
 * the denial keeps the function's code from doing the same.
 */
export function networkStatements(functionArn: string): readonly Statement[] {
  const actions = [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  return [
    ...allow('Network', actions, ['*']),
    {
      Sid: 'NetworkIsNotForCode',
      Effect: 'Deny',
      Action: actions,
      Resource: ['*'],
      Condition: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
    },
  ];
}
