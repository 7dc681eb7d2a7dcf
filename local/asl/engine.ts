import type { Clock } from '../../shared/ports/clock.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { Execution, ExecutionStatus, Workflow } from '../../shared/ports/workflow.ts';
import type { MachineInput } from './machines.ts';
import type { HistoryEvent } from './records.ts';
import type { Integrate, Invoke, Objects } from './services.ts';
import type { ExecutionStore } from './store/execution-store.ts';

export interface EngineOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  /** Owned by the caller, who closes it after the engine. */
  readonly store: ExecutionStore;
  readonly invoke: Invoke;
  readonly machines: readonly MachineInput[];
  /** Serves further task resources, before the engine's own. */
  readonly integrate?: Integrate;
  /** For ItemReader and ResultWriter. */
  readonly objects?: Objects;
  /** An execution stands still because the store or the engine itself failed; it stays RUNNING and `recover` takes it up. */
  readonly onFault?: (arn: string, error: unknown) => void;
}

export interface ExecutionFilter {
  /** Name or ARN. */
  readonly machine?: string;
  readonly status?: ExecutionStatus;
}

export type StatusListener = (execution: Execution) => void;

/** Runs state machines as Step Functions does, durably. `start` and `stop` resolve when their effect is on disk. */
export interface Engine extends Workflow {
  /** False: the token is unknown, used, or timed out. */
  heartbeat(taskToken: string): Promise<boolean>;
  /** Oldest first; empty where there is no such execution. */
  history(arn: string): Promise<readonly HistoryEvent[]>;
  /** Newest first. */
  list(filter?: ExecutionFilter): Promise<readonly Execution[]>;
  /** Takes up every execution that was under way when the process ended. Call it once, before anything is started. */
  recover(): Promise<{ readonly executions: number }>;
  /** Suspends what runs, so that a later engine recovers it. */
  close(): Promise<void>;
  /** Called on RUNNING and on each final status, once it is on disk; best effort, as on AWS. Returns a function that ends it. */
  onStatusChange(listener: StatusListener): () => void;
}
