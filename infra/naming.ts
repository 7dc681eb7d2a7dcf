import type { Place } from './place.ts';

/** Every physical name, ARN and tag of a control plane. ARNs are made from names where an output would close a circle. */
export interface Naming {
  readonly place: Place;
  readonly environment: string;
  readonly tags: { readonly [key: string]: string };
  /** The table, the bus and the API. */
  readonly plane: string;
  readonly bucket: string;
  part(name: string): string;
  functionArn(name: string): string;
  machineArn(name: string): string;
  /** Patterns for every execution of the machine: those started by name, and the children of its distributed Maps. */
  executionArns(name: string): readonly string[];
  dataTableArn(table: string): string;
  /** A name, a prefix that ends in `*`, or an ARN of a user's function. */
  taskFunctionArn(reference: string): string;
}

export function naming(environment: string, place: Place): Naming {
  const plane = `slipway-${environment}`;
  const part = (name: string) => `${plane}-${name}`;
  const arn = (service: string, resource: string) =>
    `arn:${place.partition}:${service}:${place.region}:${place.account}:${resource}`;
  return {
    place,
    environment,
    tags: { 'slipway:environment': environment, 'slipway:managed-by': 'pulumi' },
    plane,
    // Bucket names are shared by every account of a partition, the other names by nobody.
    bucket: `${plane}-${place.account}-${place.region}-artefacts`,
    part,
    functionArn: (name) => arn('lambda', `function:${part(name)}`),
    machineArn: (name) => arn('states', `stateMachine:${part(name)}`),
    executionArns: (name) => [arn('states', `execution:${part(name)}:*`), arn('states', `execution:${part(name)}/*`)],
    dataTableArn: (table) => arn('dynamodb', `table/${table}`),
    taskFunctionArn: (reference) => (reference.startsWith('arn:') ? reference : arn('lambda', `function:${reference}`)),
  };
}
