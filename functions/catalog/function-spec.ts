import type { EventType } from '../../shared/ports/events.ts';

/** The kinds of resource that a permission names; infra/ maps each to ARNs. */
export type Scope =
  | 'control-table'
  | 'control-index'
  /** Items of the control table that tell who was refused, and no others. */
  | 'denials'
  /** Items of the control table that hold answers to calls with keys, and no others. */
  | 'answers'
  /** Items of the control table of which runs consist, and the keys under which they were started, and no others. */
  | 'runs'
  | 'data-tables'
  | 'artefacts'
  | 'artefacts-bucket'
  | 'machines'
  | 'executions'
  | 'task-functions'
  | 'rotators'
  | 'event-bus'
  | 'guardrail-alarms'
  | 'alert-topic'
  | 'any-alarms'
  | 'schedules'
  | 'scheduler-role'
  | 'webhook-key'
  | 'rotated-secrets'
  | 'everything';

/** Actions that a function calls, by the resources on which it calls them. */
export type Permissions = { readonly [scope in Scope]?: readonly string[] };

export interface FunctionSpec {
  /** The folder under functions/, and the last part of the deployed name. */
  readonly name: string;
  readonly purpose: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly permissions: Permissions;
  /** `METHOD /path/{parameter}`: the API route that calls it. */
  readonly route?: string;
  /** The machines that its scope `machines` means. Where it starts them, or looks at executions, it finds their ARNs in SLIPWAY_MACHINE_<NAME>. */
  readonly machines?: readonly string[];
  /** `rate(...)` or `cron(...)`: calls it again and again. */
  readonly schedule?: string;
  /** Whether it is called when an execution of one of our machines has ended. */
  readonly onExecutionEnd?: boolean;
  /** Whether EventBridge Scheduler calls it, for the schedules that people make. */
  readonly onSchedules?: boolean;
  /** Whether it is called when an alarm fires: that of a guardrail, by its topic, or any of the account's, by EventBridge. */
  readonly onGuardrail?: boolean;
  /** The events of the bus that call it. */
  readonly onEvents?: readonly EventType[];
}
