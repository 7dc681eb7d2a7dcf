import {
  type asset,
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
  output,
  RunError,
} from '@pulumi/pulumi';
import { naming } from '../naming.ts';
import { currentPlace } from '../place.ts';
import type { Statement } from '../policies/policy-document.ts';
import type { Vpc } from '../settings.ts';
import { createFunction } from './create-function.ts';

export interface TaskArgs {
  /** The environment of the ControlPlane whose plans may run it. */
  readonly environment: string;
  /** Exports the handler: `export const handler = taskHandler(defineTask({ ... }))`. */
  readonly code: Input<asset.Archive>;
  /** `index.handler` by default. */
  readonly handler?: string;
  /** What it does, for whoever reads the list of functions. */
  readonly description?: string;
  /** What its code may do; by default nothing but log and trace. */
  readonly statements?: Input<readonly Statement[]>;
  readonly variables?: Input<{ [name: string]: Input<string> }>;
  /** At most the `timeout` of the component that runs it: a function that could live longer refuses. 30, as there, by default. */
  readonly timeoutSeconds?: number;
  /** 512 by default. */
  readonly memoryMb?: number;
  /** 90 by default. */
  readonly logRetentionDays?: number;
  readonly reservedConcurrency?: number;
  readonly vpc?: Vpc;
  readonly tags?: { readonly [key: string]: string };
}

/** What plans may call a Task, within the 64 characters of a function's name. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
const LONGEST_FUNCTION_NAME = 64;

/** s; a step of a plan cannot take longer than the longest. */
const [DEFAULT_TIMEOUT, LONGEST_TIMEOUT] = [30, 50];

/**
 * A step that a team declares beside its own infrastructure: plans of the environment call it by `run: <name>`. A Lambda under
 * a role of its own, which the control plane of that environment, and no other, may call.
 */
export class Task extends ComponentResource {
  readonly functionArn: Output<string>;
  readonly functionName: Output<string>;

  constructor(name: string, args: TaskArgs, options: ComponentResourceOptions = {}) {
    super('slipway:infra:Task', name, {}, options);
    const names = naming(args.environment, currentPlace({ parent: this }), args.tags);
    const functionName = names.taskFunction(name);
    check(name, functionName, args);
    const lambda = createFunction(
      name,
      {
        name: functionName,
        arn: names.arns.apply((arns) => arns.taskFunction(functionName)),
        description: args.description ?? `The Task ${name} of plans in ${args.environment}`,
        code: args.code,
        handler: args.handler ?? 'index.handler',
        memoryMb: args.memoryMb ?? 512,
        timeoutSeconds: args.timeoutSeconds ?? DEFAULT_TIMEOUT,
        // A team's bundle may hold its map; ours do not (docs/decisions/0006-bundles.md).
        variables: output(args.variables ?? {}).apply((own) => ({ NODE_OPTIONS: '--enable-source-maps', ...own })),
        statements: args.statements ?? [],
        // A plan means the code of today.
        publish: false,
        logRetentionDays: args.logRetentionDays ?? 90,
        tags: names.tags,
        vpc: args.vpc,
        reservedConcurrency: args.reservedConcurrency,
      },
      this,
    );
    this.functionArn = lambda.arn;
    this.functionName = lambda.name;
    this.registerOutputs({ functionArn: this.functionArn, functionName: this.functionName });
  }
}

function check(name: string, functionName: string, { environment, timeoutSeconds = DEFAULT_TIMEOUT }: TaskArgs): void {
  if (!NAME.test(name) || functionName.length > LONGEST_FUNCTION_NAME) {
    const room = LONGEST_FUNCTION_NAME - (functionName.length - name.length);
    throw new RunError(
      `No Task can be called ${name}: take letters, digits, - and _, a letter first, ${room} at most in ${environment}.`,
    );
  }
  if (!Number.isInteger(timeoutSeconds) || timeoutSeconds < 1 || timeoutSeconds > LONGEST_TIMEOUT) {
    throw new RunError(
      `The Task ${name} cannot take ${timeoutSeconds} s: give timeoutSeconds 1 to ${LONGEST_TIMEOUT}, or cut it into items.`,
    );
  }
}
