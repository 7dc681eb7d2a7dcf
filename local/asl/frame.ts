import type { Value } from '../../shared/ports/store.ts';
import type { ExecutionName } from './arn.ts';
import type { Processor } from './definition.ts';
import type { History } from './history.ts';
import type { Journal } from './journal.ts';
import type { FrameRecord } from './records.ts';
import type { Services } from './services.ts';

/** What the frames of one execution share. */
export interface Run {
  readonly execution: ExecutionName & {
    readonly arn: string;
    readonly machineArn: string;
    readonly roleArn: string | undefined;
    readonly input: Value;
    readonly startedAt: number;
  };
  readonly services: Services;
  readonly journal: Journal;
  /** What was on disk when the execution was recovered; empty for a new one. Frames and visits take theirs out. */
  readonly restored: Restored;
}

export interface Restored {
  readonly frames: Map<string, FrameRecord>;
  /** By frame id, then by name. */
  readonly variables: Map<string, Map<string, Value>>;
}

interface MapItem {
  readonly Index: number;
  readonly Value: Value;
}

export interface FrameSeed {
  readonly id: string;
  readonly processor: Processor;
  readonly input: Value;
  readonly history: History;
  readonly signal: AbortSignal;
  readonly iteration: readonly number[];
  readonly item?: MapItem | undefined;
  /** The frame whose variables are seen; absent for the machine itself and for children of a distributed Map. */
  readonly outer?: Frame | undefined;
  /** The frame keeps the number of its last event itself, since its history is not the execution's. */
  readonly countsEvents?: boolean | undefined;
  /** Called in the same tick as the frame's ending is staged, so that both reach the disk together. */
  readonly ended?: (ending: NonNullable<FrameRecord['ending']>, state: string) => void;
}

/** A sequence of states under way: the machine itself, a branch, or a Map iteration. */
export class Frame {
  readonly seed: FrameSeed;
  /** Undefined until the first state is entered. */
  record: FrameRecord | undefined;
  /** The event that the next one follows. */
  lastEvent = 0;
  readonly variables: Map<string, Value>;

  constructor(run: Run, seed: FrameSeed) {
    this.seed = seed;
    this.record = run.restored.frames.get(seed.id);
    this.lastEvent = this.record?.entered ?? seed.outer?.lastEvent ?? 0;
    this.variables = run.restored.variables.get(seed.id) ?? new Map();
    run.restored.frames.delete(seed.id);
    run.restored.variables.delete(seed.id);
  }

  /** Variables of this frame and of those around it; the inner ones hide the outer. */
  bindings(): Record<string, Value> {
    return { ...this.seed.outer?.bindings(), ...Object.fromEntries(this.variables) };
  }
}
