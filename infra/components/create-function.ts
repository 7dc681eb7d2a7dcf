import { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
import { Role } from '@pulumi/aws/iam/role.js';
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js';
import { Function as LambdaFunction } from '@pulumi/aws/lambda/function.js';
import { type asset, type ComponentResource, type Input, output } from '@pulumi/pulumi';
import { functionPolicy } from '../policies/function-policy.ts';
import type { Statement } from '../policies/policy-document.ts';
import { lambdaTrust } from '../policies/trust-policy.ts';
import type { Vpc } from '../settings.ts';

export interface FunctionArgs {
  /** Physical; its role is called the same. */
  readonly name: string;
  readonly arn: Input<string>;
  readonly description: string;
  readonly code: Input<asset.Archive>;
  readonly handler: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly variables: Input<{ [name: string]: Input<string> }>;
  /** What its code may do. */
  readonly statements: Input<readonly Statement[]>;
  /** Whether each change makes a version, which callers go on to reach after the next one. */
  readonly publish: boolean;
  readonly logRetentionDays: number;
  readonly tags: { readonly [key: string]: string };
  readonly keyArn?: Input<string> | undefined;
  readonly vpc?: Vpc | undefined;
  readonly reservedConcurrency?: number | undefined;
  /** Where its lost events go, if it is called asynchronously. */
  readonly deadLetterArn?: Input<string> | undefined;
}

/** A Lambda with a role and a log group of its own: `<name>-lambda`, `-role`, `-policy` and `-logs` under the parent. */
export function createFunction(name: string, args: FunctionArgs, parent: ComponentResource): LambdaFunction {
  const { tags } = args;
  const logs = new LogGroup(
    `${name}-logs`,
    { name: `/aws/lambda/${args.name}`, retentionInDays: args.logRetentionDays, kmsKeyId: args.keyArn, tags },
    { parent },
  );
  const assumeRolePolicy = output(args.arn).apply((arn) => JSON.stringify(lambdaTrust(arn.split(':')[4] ?? '')));
  const role = new Role(`${name}-role`, { name: args.name, assumeRolePolicy, tags }, { parent });
  const document = output([args.statements, logs.arn, args.arn] as const).apply(([statements, logGroupArn, functionArn]) =>
    JSON.stringify(functionPolicy(statements, { logGroupArn, functionArn, inVpc: args.vpc !== undefined })),
  );
  const policy = new RolePolicy(`${name}-policy`, { role: role.name, policy: document }, { parent });
  return new LambdaFunction(
    `${name}-lambda`,
    {
      ...inputsOf(args),
      role: role.arn,
      // The code knows by itself from which level on it logs; Lambda would drop all below info.
      loggingConfig: { logFormat: 'JSON', applicationLogLevel: 'TRACE', logGroup: logs.name },
    },
    { parent, dependsOn: [policy] },
  );
}

function inputsOf(args: FunctionArgs) {
  return {
    name: args.name,
    description: args.description,
    runtime: 'nodejs24.x',
    architectures: ['arm64'],
    handler: args.handler,
    code: args.code,
    memorySize: args.memoryMb,
    timeout: args.timeoutSeconds,
    publish: args.publish,
    environment: { variables: args.variables },
    tracingConfig: { mode: 'Active' },
    reservedConcurrentExecutions: args.reservedConcurrency,
    deadLetterConfig: args.deadLetterArn === undefined ? undefined : { targetArn: args.deadLetterArn },
    vpcConfig:
      args.vpc === undefined
        ? undefined
        : { subnetIds: [...args.vpc.subnetIds], securityGroupIds: [...args.vpc.securityGroupIds] },
    tags: args.tags,
  };
}
