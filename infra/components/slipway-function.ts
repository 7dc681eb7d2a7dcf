import { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
import { Role } from '@pulumi/aws/iam/role.js';
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js';
import { Function as LambdaFunction } from '@pulumi/aws/lambda/function.js';
import { type asset, ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from '@pulumi/pulumi';
import type { FunctionSpec } from '../../functions/catalog.ts';
import type { Naming } from '../naming.ts';
import { functionPolicy, type ScopeArns } from '../policies/function-policy.ts';
import { lambdaTrust } from '../policies/trust-policy.ts';

export interface SlipwayFunctionArgs {
  readonly naming: Naming;
  readonly spec: FunctionSpec;
  readonly code: asset.Archive;
  readonly variables: Input<{ [name: string]: Input<string> }>;
  readonly scopes: Input<ScopeArns>;
  readonly logRetentionDays: number;
  readonly reservedConcurrency?: number | undefined;
  /** For a function that is called asynchronously: where its lost events go. */
  readonly deadLetterArn?: Input<string> | undefined;
}

/** One Lambda of the catalog with a role and a log group of its own; callers use the published version. */
export class SlipwayFunction extends ComponentResource {
  readonly functionName: Output<string>;
  readonly version: Output<string>;
  /** Of the published version. */
  readonly qualifiedArn: Output<string>;
  readonly qualifiedInvokeArn: Output<string>;

  constructor(name: string, args: SlipwayFunctionArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:SlipwayFunction', name, {}, options);
    const { naming, spec } = args;
    const logs = new LogGroup(
      `${name}-logs`,
      { name: `/aws/lambda/${naming.part(spec.name)}`, retentionInDays: args.logRetentionDays, tags: naming.tags },
      { parent: this },
    );
    const role = new Role(
      `${name}-role`,
      { name: naming.part(spec.name), assumeRolePolicy: JSON.stringify(lambdaTrust), tags: naming.tags },
      { parent: this },
    );
    const policy = new RolePolicy(`${name}-policy`, { role: role.name, policy: policyOf(args, logs) }, { parent: this });
    const lambda = new LambdaFunction(
      `${name}-lambda`,
      { ...settingsOf(args), role: role.arn, loggingConfig: { logFormat: 'JSON', logGroup: logs.name } },
      { parent: this, dependsOn: [policy] },
    );
    this.functionName = lambda.name;
    this.version = lambda.version;
    this.qualifiedArn = lambda.qualifiedArn;
    this.qualifiedInvokeArn = lambda.qualifiedInvokeArn;
    this.registerOutputs({ qualifiedArn: this.qualifiedArn });
  }
}

function policyOf(args: SlipwayFunctionArgs, logs: LogGroup): Output<string> {
  const deadLetter = args.deadLetterArn === undefined ? output(undefined) : output(args.deadLetterArn);
  return output([args.scopes, logs.arn, deadLetter] as const).apply(([scopes, logGroupArn, deadLetterArn]) =>
    JSON.stringify(
      functionPolicy({
        permissions: args.spec.permissions,
        scopes,
        logGroupArn,
        ...(deadLetterArn === undefined ? {} : { deadLetterArn }),
      }),
    ),
  );
}

function settingsOf(args: SlipwayFunctionArgs) {
  const { naming, spec } = args;
  return {
    name: naming.part(spec.name),
    description: spec.purpose,
    runtime: 'nodejs24.x',
    architectures: ['arm64'],
    handler: 'index.handler',
    code: args.code,
    memorySize: spec.memoryMb,
    timeout: spec.timeoutSeconds,
    // A run goes on with the code that it began with.
    publish: true,
    environment: { variables: args.variables },
    tracingConfig: { mode: 'Active' },
    reservedConcurrentExecutions: args.reservedConcurrency,
    deadLetterConfig: args.deadLetterArn === undefined ? undefined : { targetArn: args.deadLetterArn },
    tags: naming.tags,
  };
}
