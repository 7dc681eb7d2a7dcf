import type { Output } from '@pulumi/pulumi';
import type { Place } from './place.ts';

/** Every physical name and tag of a control plane, and the ARNs that are made from names where an output would close a circle. */
export interface Naming {
  readonly environment: string;
  readonly tags: { readonly [key: string]: string };
  /** The table, the bus and the API. */
  readonly plane: string;
  part(name: string): string;
  /** The function of a declared Task: what a plan of this environment calls `run: <name>`. */
  taskFunction(name: string): string;
  /** A declared RotatedSecret, and the function that rotates it: both are called the same. */
  rotatedSecret(name: string): string;
  /** What also takes the account and the region. */
  readonly arns: Output<Arns>;
}

export interface Arns {
  readonly place: Place;
  readonly plane: string;
  readonly bucketName: string;
  function(name: string): string;
  machine(name: string): string;
  /** Patterns for every execution of the machine: those started by name, and the children of its distributed Maps. */
  executions(name: string): readonly string[];
  dataTable(table: string): string;
  /** Of every declared Task of this environment. */
  readonly tasks: string;
  /** Of every function that rotates a secret of this environment. */
  readonly rotators: string;
  /** A name, a prefix that ends in `*`, or an ARN of a function that was made elsewhere. */
  taskFunction(reference: string): string;
  alarm(name: string): string;
  /** Of every alarm that a rollout makes for its guardrails. */
  readonly guardrailAlarms: string;
  role(name: string): string;
  /** Of the group that holds the timers of schedules. */
  readonly timerGroup: string;
  /** Of every timer in it. */
  readonly timers: string;
  logGroup(name: string): string;
  /** Any resource of the plane: `own('codedeploy', 'deploymentgroup:<plane>/*')`. */
  own(service: string, resource: string): string;
}

/** What every physical name of an environment begins with. */
export const planeName = (environment: string) => `slipway-${environment}`;

const taskFunctionName = (environment: string, task: string): string => `${planeName(environment)}-task-${task}`;

const rotatedSecretName = (environment: string, secret: string): string => `${planeName(environment)}-secret-${secret}`;

/** The one place that tags come from; `slipway:environment` is what budgets and cost reports go by. */
const tagsOf = (environment: string, own: { readonly [key: string]: string } = {}) => ({
  ...own,
  'slipway:environment': environment,
  'slipway:managed-by': 'pulumi',
});

export function naming(environment: string, place: Output<Place>, tags: { readonly [key: string]: string } = {}): Naming {
  const plane = planeName(environment);
  return {
    environment,
    tags: tagsOf(environment, tags),
    plane,
    part: (name) => `${plane}-${name}`,
    taskFunction: (name) => taskFunctionName(environment, name),
    rotatedSecret: (name) => rotatedSecretName(environment, name),
    arns: place.apply((where) => arnsOf(environment, where)),
  };
}

function arnsOf(environment: string, place: Place): Arns {
  const plane = planeName(environment);
  const own = (service: string, resource: string) =>
    `arn:${place.partition}:${service}:${place.region}:${place.account}:${resource}`;
  const lambda = (name: string) => own('lambda', `function:${name}`);
  return {
    place,
    plane,
    // Bucket names are shared by every account of a partition, the other names by nobody; 63 characters at most.
    bucketName: `${plane}-${place.account}-${place.region}`,
    function: (name) => lambda(`${plane}-${name}`),
    machine: (name) => own('states', `stateMachine:${plane}-${name}`),
    executions: (name) => [own('states', `execution:${plane}-${name}:*`), own('states', `execution:${plane}-${name}/*`)],
    dataTable: (table) => own('dynamodb', `table/${table}`),
    tasks: lambda(taskFunctionName(environment, '*')),
    rotators: lambda(rotatedSecretName(environment, '*')),
    taskFunction: (reference) => (reference.startsWith('arn:') ? reference : lambda(reference)),
    alarm: (name) => own('cloudwatch', `alarm:${plane}-${name}`),
    guardrailAlarms: own('cloudwatch', 'alarm:slipway-guardrail-*'),
    role: (name) => `arn:${place.partition}:iam::${place.account}:role/${plane}-${name}`,
    timerGroup: own('scheduler', `schedule-group/${plane}`),
    timers: own('scheduler', `schedule/${plane}/*`),
    logGroup: (name) => own('logs', `log-group:${name}`),
    own,
  };
}
