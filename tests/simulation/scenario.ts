import type { SimComponent } from './receiver.ts';

export interface SimRun {
  readonly key: string;
  readonly startsAt: number;
  readonly startedTwice: boolean;
  readonly onFailure: 'rollback' | 'stop';
  readonly resources: readonly string[];
  readonly flags: readonly string[];
  readonly phases: readonly (readonly SimComponent[])[];
}

export type Command = 'part' | 'trip' | 'pause' | 'resume' | 'retry' | 'rollback' | 'halt' | 'unhalt' | 'reconcile' | 'break';

/** What happens in one seed: runs that share resources, and people and alarms that act at odd moments. */
export interface Scenario {
  /** Runs at once; absent: any number. */
  readonly atOnce?: number;
  readonly runs: readonly SimRun[];
  readonly commands: readonly {
    readonly at: number;
    readonly what: Command;
    readonly run: string;
    /** Of `part`: which component goes back. */
    readonly component?: string;
  }[];
  readonly faults: {
    readonly crash: number;
    readonly stall: number;
    readonly lost: number;
    /** Requests that land long after their caller has given them up. */
    readonly late: number;
    readonly lateAcquire?: number;
    readonly executionDies: number;
    readonly duplicates: number;
  };
}

/** From this seed on runs wait for slots as well; below it nothing is limited. */
export const QUEUE_SEEDS = 1_000_000;

/** From this seed on people break locks. */
export const BREAK_SEEDS = 2_000_000;

/** From this seed on people take back single components. */
export const PART_SEEDS = 3_000_000;
