import { allow, type PolicyDocument, policyDocument, TRACE } from './policy-document.ts';

interface NestedMachine {
  readonly machineArn: string;
  /** Patterns of its executions, those of a distributed Map included. */
  readonly executionArns: readonly string[];
}

export interface MachinePolicyArgs {
  /** Unqualified; every published version is meant, since an execution under way goes on with the versions it began with. */
  readonly functionArns: readonly string[];
  /** Machines started with `startExecution.sync:2`. */
  readonly nested: readonly NestedMachine[];
  /** The machine itself, where it holds a distributed Map: each child of the Map is an execution of it. */
  readonly mapped: readonly NestedMachine[];
  /** The rule through which Step Functions hears that a nested execution ended; its name is AWS's. */
  readonly completionRuleArn: string;
}

/** Log delivery is arranged for the account; AWS offers no resources for these. */
const DELIVER_LOGS = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];

export function machinePolicy(args: MachinePolicyArgs): PolicyDocument {
  const rule = args.nested.length === 0 ? [] : [args.completionRuleArn];
  const started = [...args.nested, ...args.mapped];
  return policyDocument(
    ...allow(
      'InvokeFunctions',
      ['lambda:InvokeFunction'],
      args.functionArns.map((arn) => `${arn}:*`),
    ),
    ...allow(
      'StartNested',
      ['states:StartExecution'],
      started.map((machine) => machine.machineArn),
    ),
    ...allow(
      'FollowNested',
      ['states:DescribeExecution', 'states:StopExecution'],
      started.flatMap((machine) => machine.executionArns),
    ),
    ...allow('HearOfNested', ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'], rule),
    ...allow('DeliverLogs', DELIVER_LOGS, ['*']),
    ...TRACE,
  );
}
