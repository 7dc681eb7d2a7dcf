import type { FunctionSpec, Permissions, Scope } from '../../functions/catalog.ts';
import { allow, type PolicyDocument, policyDocument, TRACE } from './policy-document.ts';

/** The ARNs that each scope of the catalog stands for, for one function. */
export type ScopeArns = { readonly [scope in Scope]: readonly string[] };

export interface FunctionPolicyArgs {
  readonly permissions: Permissions;
  readonly scopes: ScopeArns;
  readonly logGroupArn: string;
  /** Where Lambda puts events that an asynchronous function could not handle. */
  readonly deadLetterArn?: string;
}

const pascal = (scope: string) => scope.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());

/** What a function may do: the actions of its catalog entry, its own log group, traces. */
export function functionPolicy(args: FunctionPolicyArgs): PolicyDocument {
  const declared = Object.entries(args.permissions) as [Scope, readonly string[]][];
  return policyDocument(
    ...declared.flatMap(([scope, actions]) => allow(pascal(scope), actions, args.scopes[scope])),
    ...allow('Logs', ['logs:CreateLogStream', 'logs:PutLogEvents'], [`${args.logGroupArn}:*`]),
    ...allow('DeadLetter', ['sqs:SendMessage'], args.deadLetterArn === undefined ? [] : [args.deadLetterArn]),
    ...TRACE,
  );
}

/** To start machines, or to look at executions of theirs, one has to name them. */
export const needsMachineArns = ({ permissions }: FunctionSpec): boolean =>
  permissions.executions !== undefined || (permissions.machines?.includes('states:StartExecution') ?? false);

/** `SLIPWAY_MACHINE_RUN` for `run`. */
export const machineVariable = (machine: string): string => `SLIPWAY_MACHINE_${machine.replaceAll('-', '_').toUpperCase()}`;

/** The variables that a function finds in its environment, and fails without. */
export function requiredVariables(spec: FunctionSpec): readonly string[] {
  const machines = needsMachineArns(spec) ? (spec.machines ?? []) : [];
  return ['SLIPWAY_ENVIRONMENT', 'SLIPWAY_TABLE', 'SLIPWAY_BUCKET', 'SLIPWAY_BUS', ...machines.map(machineVariable)];
}
