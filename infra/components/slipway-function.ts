import { Alias } from '@pulumi/aws/lambda/alias.js';
import { type asset, ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from '@pulumi/pulumi';
import type { FunctionSpec } from '../../functions/catalog/function-spec.ts';
import { isLive, LIVE } from '../live-functions.ts';
import type { PlaneContext } from '../plane-context.ts';
import { catalogStatements, type ScopeArns } from '../policies/function-policy.ts';
import type { Statement } from '../policies/policy-document.ts';
import { createFunction } from './create-function.ts';

export interface SlipwayFunctionArgs {
  readonly plane: PlaneContext;
  readonly spec: FunctionSpec;
  readonly code: Input<asset.Archive>;
  readonly variables: Input<{ [name: string]: Input<string> }>;
  readonly scopes: Input<ScopeArns>;
  /** For a function that is called asynchronously: where its lost events go. */
  readonly deadLetterArn?: Input<string> | undefined;
}

/** One Lambda of the catalog. State machines call its published version; the API and events call the alias `live`. */
export class SlipwayFunction extends ComponentResource {
  readonly functionName: Output<string>;
  /** Of the published version. */
  readonly versionArn: Output<string>;
  /** Where the API or an event calls it. */
  readonly live: Alias | undefined;

  constructor(name: string, args: SlipwayFunctionArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:SlipwayFunction', name, {}, options);
    const { spec, plane } = args;
    const { naming, settings } = plane;
    const lambda = createFunction(
      name,
      {
        name: naming.part(spec.name),
        arn: naming.arns.apply((arns) => arns.function(spec.name)),
        description: spec.purpose,
        code: args.code,
        handler: 'index.handler',
        memoryMb: spec.memoryMb,
        timeoutSeconds: spec.timeoutSeconds,
        variables: args.variables,
        statements: statementsOf(args),
        // A run goes on with the code that it began with; nobody deletes the versions before the newest.
        publish: true,
        logRetentionDays: settings.logRetentionDays,
        tags: naming.tags,
        keyArn: plane.keyArn,
        vpc: settings.vpc,
        reservedConcurrency: settings.reservedConcurrency[spec.name],
        deadLetterArn: args.deadLetterArn,
      },
      this,
    );
    this.functionName = lambda.name;
    this.versionArn = lambda.qualifiedArn;
    if (isLive(spec)) {
      this.live = new Alias(
        `${name}-live`,
        { name: LIVE, description: `Traffic of ${spec.name}`, functionName: lambda.name, functionVersion: lambda.version },
        // Made at the first version; from then on a release moves it (infra/release.ts).
        { parent: this, ignoreChanges: ['functionVersion', 'routingConfig'] },
      );
    }
    this.registerOutputs({ versionArn: this.versionArn });
  }
}

/** The services that store under the customer's key in a function's name. */
const STORING = ['dynamodb', 's3', 'sqs', 'sns', 'secretsmanager'];

function statementsOf({ plane, spec, scopes, deadLetterArn }: SlipwayFunctionArgs): Output<readonly Statement[]> {
  const { keyArn, naming } = plane;
  return output([scopes, deadLetterArn, keyArn, naming.arns] as const).apply(([known, deadLetter, key, { place }]) =>
    catalogStatements({
      permissions: spec.permissions,
      scopes: known,
      deadLetterArn: deadLetter,
      key:
        key === undefined
          ? undefined
          : { arn: key, services: STORING.map((service) => `${service}.${place.region}.amazonaws.com`) },
    }),
  );
}
