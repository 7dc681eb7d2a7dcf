import { EventRule } from '@pulumi/aws/cloudwatch/eventRule.js';
import { EventTarget } from '@pulumi/aws/cloudwatch/eventTarget.js';
import type { Function as LambdaFunction } from '@pulumi/aws/lambda/function.js';
import { Permission } from '@pulumi/aws/lambda/permission.js';
import { Secret } from '@pulumi/aws/secretsmanager/secret.js';
import { SecretRotation } from '@pulumi/aws/secretsmanager/secretRotation.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from '@pulumi/pulumi';
import { ROTATOR_MEMORY_MB, ROTATOR_TIMEOUT_S, ROTATORS } from '../../functions/rotators.ts';
import { secretName } from '../../shared/secrets/secret-name.ts';
import { type Naming, naming } from '../naming.ts';
import { currentPlace } from '../place.ts';
import { rotationStatements } from '../policies/rotation-policy.ts';
import { isDisposable } from '../settings.ts';
import { packagedSources } from '../sources.ts';
import { createFunction } from './create-function.ts';
import { checkRotatedSecret, type RotatedSecretArgs } from './rotated-secret-args.ts';
import { RotationAlarms } from './rotation-alarms.ts';

type Checked = ReturnType<typeof checkRotatedSecret>;

/**
 * A secret that a team declares beside its own infrastructure, or has already, and whose credential is rotated without a gap: by a function
 * under a role of its own, which reaches this one secret. A secret that is made and the function are called the same; its first value is put by a person.
 */
export class RotatedSecret extends ComponentResource {
  readonly secretArn: Output<string>;
  readonly secretName: Output<string>;
  readonly functionArn: Output<string>;

  constructor(name: string, args: RotatedSecretArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:RotatedSecret', name, {}, options);
    const names = naming(args.environment, currentPlace({ parent: this }), args.tags);
    const physicalName = names.rotatedSecret(name);
    const checked = checkRotatedSecret(name, physicalName, args);
    const secret = args.secretArn === undefined ? this.#secret(name, physicalName, args, names) : adopted(args.secretArn);
    const lambda = this.#function(name, physicalName, { args, checked, names, secret });
    const permission = this.#permit(`${name}-rotation`, lambda, 'secretsmanager.amazonaws.com', secret.arn, names);
    new SecretRotation(
      `${name}-rotation`,
      {
        secretId: secret.arn,
        rotationLambdaArn: lambda.arn,
        rotationRules: { automaticallyAfterDays: checked.everyDays },
        // There is no value yet.
        rotateImmediately: false,
      },
      { parent: this, dependsOn: [permission] },
    );
    this.#look(name, physicalName, lambda, { names, secret });
    new RotationAlarms(
      `${name}-alarms`,
      { naming: names, physicalName, secretName: secret.name, functionName: lambda.name },
      { parent: this },
    );
    this.secretArn = secret.arn;
    this.secretName = secret.name;
    this.functionArn = lambda.arn;
    this.registerOutputs({ secretArn: this.secretArn, secretName: this.secretName, functionArn: this.functionArn });
  }

  #secret(name: string, physicalName: string, { description, environment, keyArn }: RotatedSecretArgs, { tags }: Naming): Secret {
    const kept = !isDisposable(environment);
    return new Secret(
      `${name}-secret`,
      {
        name: physicalName,
        description: description ?? `${name}, rotated by Slipway in ${environment}`,
        recoveryWindowInDays: kept ? 30 : 0,
        ...(keyArn === undefined ? {} : { kmsKeyId: keyArn }),
        tags,
      },
      { parent: this, protect: kept, retainOnDelete: kept },
    );
  }

  #function(name: string, physicalName: string, { args, checked, names, secret }: Made): LambdaFunction {
    const { code = packagedSources.code } = args;
    const { masterSecretArn, masterKeyArn, keyArn, task } = args;
    const given = output({
      arns: names.arns,
      secret: { arn: secret.arn, name: secret.name },
      masterSecretArn,
      masterKeyArn,
      keyArn,
      task,
    });
    const statements = given.apply(({ arns, secret, ...reached }) =>
      rotationStatements({
        arns,
        secret,
        masterArn: reached.masterSecretArn,
        taskArn: reached.task === undefined ? undefined : arns.taskFunction(reached.task),
        keyArns: [reached.keyArn, reached.masterKeyArn].filter((key) => key !== undefined),
        machineArn: arns.machine('revoke'),
        deadLetterArn: arns.own('sqs', names.part('undelivered')),
      }),
    );
    return createFunction(
      name,
      {
        name: physicalName,
        arn: names.arns.apply((arns) => arns.own('lambda', `function:${physicalName}`)),
        description: `Rotates ${name} in ${args.environment} (${checked.system})`,
        code: code(ROTATORS[checked.system]),
        handler: 'index.handler',
        memoryMb: ROTATOR_MEMORY_MB,
        timeoutSeconds: ROTATOR_TIMEOUT_S,
        variables: given.apply(({ arns, task }) => variablesOf(checked, names, arns.machine('revoke'), task)),
        statements,
        // Each step looks at what is there, whichever version took the one before.
        publish: false,
        logRetentionDays: args.logRetentionDays ?? 90,
        tags: names.tags,
        keyArn,
        vpc: args.vpc,
        deadLetterArn: names.arns.apply((arns) => arns.own('sqs', names.part('undelivered'))),
      },
      this,
    );
  }

  /** The service may call the function on behalf of this one resource of this account. */
  #permit(name: string, lambda: LambdaFunction, principal: string, sourceArn: Output<string>, { arns }: Naming): Permission {
    const sourceAccount = arns.apply(({ place }) => place.account);
    const caller = { action: 'lambda:InvokeFunction', function: lambda.name, principal, sourceArn, sourceAccount };
    return new Permission(`${name}-permission`, caller, { parent: this });
  }

  /** Twice a day the function looks whether the rotation is late. */
  #look(name: string, physicalName: string, lambda: LambdaFunction, { names, secret }: Pick<Made, 'names' | 'secret'>): void {
    const rule = new EventRule(
      `${name}-look-rule`,
      {
        name: physicalName,
        description: `Looks whether the rotation of ${name} is late`,
        scheduleExpression: 'rate(12 hours)',
        tags: names.tags,
      },
      { parent: this },
    );
    const permission = this.#permit(`${name}-look`, lambda, 'events.amazonaws.com', rule.arn, names);
    new EventTarget(
      `${name}-look-target`,
      {
        rule: rule.name,
        arn: lambda.arn,
        input: secret.arn.apply((SecretId) => JSON.stringify({ Step: 'checkSecret', SecretId })),
        deadLetterConfig: { arn: names.arns.apply((arns) => arns.own('sqs', names.part('undelivered'))) },
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
      },
      { parent: this, dependsOn: [permission] },
    );
  }
}

/** It stays what it is, whatever becomes of the stack; only its rotation belongs to that. */
function adopted(secretArn: Input<string>): Pick<Secret, 'arn' | 'name'> {
  const arn = output(secretArn);
  return { arn, name: arn.apply(secretName) };
}

interface Made {
  readonly args: RotatedSecretArgs;
  readonly checked: Checked;
  readonly names: Naming;
  readonly secret: Pick<Secret, 'arn' | 'name'>;
}

const variablesOf = ({ system, overlap, rule }: Checked, names: Naming, machine: string, task: string | undefined) => ({
  SLIPWAY_ENVIRONMENT: names.environment,
  SLIPWAY_TABLE: names.plane,
  SLIPWAY_BUS: names.plane,
  SLIPWAY_MACHINE_REVOKE: machine,
  SLIPWAY_SYSTEM: system,
  SLIPWAY_OVERLAP_MS: String(overlap),
  SLIPWAY_VALUE_RULE: JSON.stringify(rule),
  ...(task === undefined ? {} : { SLIPWAY_TASK: task }),
  // Certificates of RDS and ElastiCache are among those that the runtime brings, and loads only where it is told to.
  NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
});
