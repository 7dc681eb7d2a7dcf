/** What calls `fire-schedule` when a schedule is due. All instants in epoch ms. */
export interface Timer {
  readonly environment: string;
  /** Of the schedule. */
  readonly name: string;
  /** `at(...)`, `rate(...)` or `cron(...)`, as readExpression takes it, by clocks in `zone`. */
  readonly expression: string;
  readonly zone: string;
  /** The first time of a rate. */
  readonly anchor: number;
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  /** It calls within so many minutes after the time; 0: at once. */
  readonly windowMinutes: number;
}

/**
 * EventBridge Scheduler, or timers of the embedded control plane. It calls at least once for each time, and may miss some: whoever is
 * called looks for himself what is due. Throws SchedulerError.
 */
export interface Scheduler {
  /** Makes the timer of a schedule, or makes it what it should be. */
  put(timer: Timer): Promise<void>;
  /** Whether there is such a timer. */
  has(environment: string, name: string): Promise<boolean>;
  /** Also where there is none. */
  remove(environment: string, name: string): Promise<void>;
}
