import type { Value } from './store.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface Execution {
  readonly arn: string;
  readonly machine: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly stoppedAt?: number;
  readonly output?: Value;
  readonly error?: string;
  readonly cause?: string;
}

/** Starts and watches state machines: Step Functions, or the engine in `local/asl`. */
export interface Workflow {
  /** Starting the same name with the same input again answers the same execution. */
  start(machine: string, name: string, input: Value): Promise<{ arn: string }>;
  /** The ARN that an execution of that name has or would have. */
  arnOf(machine: string, name: string): string;
  describe(arn: string): Promise<Execution | undefined>;
  stop(arn: string, reason: { error: string; cause: string }): Promise<void>;
  /** False: the token is unknown, used, or timed out. */
  succeed(taskToken: string, output: Value): Promise<boolean>;
  fail(taskToken: string, reason: { error: string; cause: string }): Promise<boolean>;
}
