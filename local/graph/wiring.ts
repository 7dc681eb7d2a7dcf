import type { PolicyDocument } from '../../infra/policies/policy-document.ts';

export interface WiredTable {
  readonly name: string;
  readonly arn: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  readonly indexes: readonly { readonly name: string; readonly partitionKey: string; readonly sortKey: string }[];
  readonly ttlAttribute: string;
}

export interface WiredFunction {
  /** As in functions/catalog. */
  readonly name: string;
  /** As routes and rules name it (the alias), or machines (the published version). */
  readonly arn: string;
  readonly environment: { readonly [variable: string]: string };
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly reservedConcurrency: number | undefined;
  /** What its role may do. */
  readonly policies: readonly PolicyDocument[];
}

export interface WiredRoute {
  readonly method: string;
  /** With `{parameter}` parts. */
  readonly path: string;
  readonly authorization: string;
  readonly function: string;
}

export interface WiredSchedule {
  readonly name: string;
  /** `rate(...)` or `cron(...)`. */
  readonly expression: string;
  readonly function: string;
}

export interface WiredRule {
  readonly name: string;
  /** An EventBridge pattern. */
  readonly pattern: { readonly [field: string]: unknown };
  readonly function: string;
}

/** A function that hears of what is published to a topic. */
export interface WiredSubscription {
  readonly topic: string;
  readonly function: string;
}

export interface WiredAlarm {
  readonly name: string;
  readonly description: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: { readonly [name: string]: string };
  readonly statistic: string;
  readonly periodSeconds: number;
  readonly threshold: number;
}

export interface WiredMachine {
  /** As in statemachines/catalog.ts. */
  readonly name: string;
  readonly arn: string;
  /** ASL with the ARNs of functions and machines filled in. */
  readonly definition: { readonly [field: string]: unknown };
  /** What its role may do. */
  readonly policies: readonly PolicyDocument[];
}

/** All that the embedded control plane takes from the Pulumi program. */
export interface Wiring {
  readonly tables: readonly WiredTable[];
  readonly bucket: string;
  readonly bus: string;
  /** The group of schedules' timers, and the ARN of the role in whose name they call. */
  readonly timers: { readonly group: string; readonly role: string };
  readonly functions: readonly WiredFunction[];
  readonly routes: readonly WiredRoute[];
  readonly schedules: readonly WiredSchedule[];
  readonly rules: readonly WiredRule[];
  readonly subscriptions: readonly WiredSubscription[];
  readonly alarms: readonly WiredAlarm[];
  readonly machines: readonly WiredMachine[];
}
