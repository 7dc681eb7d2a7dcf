/** One resource as the Pulumi program registered it. */
export interface GraphResource {
  readonly urn: string;
  /** Such as `aws:lambda/function:Function`. */
  readonly type: string;
  /** The name in the program, not the one in AWS. */
  readonly name: string;
  readonly custom: boolean;
  /** With every output of other resources filled in. */
  readonly inputs: { readonly [name: string]: unknown };
  /** The inputs, and what AWS would have added: `arn`, `qualifiedArn` and the like. Empty for components. */
  readonly outputs: { readonly [name: string]: unknown };
  /** Empty for components. */
  readonly id: string;
  readonly parent: string | undefined;
  /** URNs, as are the property dependencies. */
  readonly dependencies: readonly string[];
  readonly propertyDependencies: { readonly [property: string]: readonly string[] };
  /** Whether Pulumi refuses to delete it. */
  readonly protect: boolean;
  /** Whether it stays when the stack goes. */
  readonly retainOnDelete: boolean;
  /** Inputs that Pulumi sets once, and leaves to others from then on. */
  readonly ignoreChanges: readonly string[];
  /** Names that a stack of an earlier release may know it by. */
  readonly aliases: readonly string[];
}

/** Everything that a deployment would create, in order of registration. */
export interface ResourceGraph {
  readonly resources: readonly GraphResource[];
  /** What the program returned. */
  readonly outputs: { readonly [name: string]: unknown };
}
