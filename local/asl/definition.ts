import type { Value } from '../../shared/ports/store.ts';

/** JSON in which every string `{% … %}` is a JSONata expression. */
export type Template = Value;

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Output?: Template;
  readonly Assign?: Assignments;
}

export type Assignments = Readonly<Record<string, Template>>;

interface Shaped {
  readonly Comment?: string;
  readonly Output?: Template;
}

interface Leaving extends Shaped {
  readonly Assign?: Assignments;
  readonly Next?: string;
  readonly End?: boolean;
}

interface Fallible extends Leaving {
  readonly Arguments?: Template;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface PassState extends Leaving {
  readonly Type: 'Pass';
}

export interface TaskState extends Fallible {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Credentials?: Template;
  readonly TimeoutSeconds?: Template;
  readonly HeartbeatSeconds?: Template;
}

export interface ChoiceRule extends Shaped {
  readonly Condition: Template;
  readonly Next: string;
  readonly Assign?: Assignments;
}

export interface ChoiceState extends Shaped {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
  readonly Assign?: Assignments;
}

export interface WaitState extends Leaving {
  readonly Type: 'Wait';
  readonly Seconds?: Template;
  readonly Timestamp?: Template;
}

export interface SucceedState extends Shaped {
  readonly Type: 'Succeed';
}

export interface FailState {
  readonly Type: 'Fail';
  readonly Comment?: string;
  readonly Error?: Template;
  readonly Cause?: Template;
}

export interface ParallelState extends Fallible {
  readonly Type: 'Parallel';
  readonly Branches: readonly Processor[];
}

export interface ItemReader {
  readonly Resource: string;
  readonly Arguments?: Template;
  readonly ReaderConfig?: {
    readonly InputType?: 'JSON' | 'JSONL' | 'CSV';
    readonly MaxItems?: Template;
    readonly CSVHeaderLocation?: 'FIRST_ROW' | 'GIVEN';
    readonly CSVHeaders?: readonly string[];
    readonly CSVDelimiter?: 'COMMA' | 'PIPE' | 'SEMICOLON' | 'SPACE' | 'TAB';
  };
}

export interface ItemBatcher {
  readonly MaxItemsPerBatch?: Template;
  readonly MaxInputBytesPerBatch?: Template;
  readonly BatchInput?: Template;
}

export interface ResultWriter {
  readonly Resource: string;
  readonly Arguments?: Template;
}

export interface MapState extends Fallible {
  readonly Type: 'Map';
  readonly Items?: Template;
  readonly ItemReader?: ItemReader;
  readonly ItemSelector?: Template;
  readonly ItemBatcher?: ItemBatcher;
  readonly ResultWriter?: ResultWriter;
  readonly MaxConcurrency?: Template;
  readonly ToleratedFailureCount?: Template;
  readonly ToleratedFailurePercentage?: Template;
  readonly ItemProcessor?: MapProcessor;
  /** The older name of ItemProcessor, which AWS still takes. */
  readonly Iterator?: MapProcessor;
  readonly Label?: string;
}

export type State = PassState | TaskState | ChoiceState | WaitState | SucceedState | FailState | ParallelState | MapState;

/** States that run one after the other: a machine, a branch of Parallel, or the body of a Map. */
export interface Processor {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface MapProcessor extends Processor {
  readonly ProcessorConfig?: { readonly Mode?: 'INLINE' | 'DISTRIBUTED'; readonly ExecutionType?: 'STANDARD' | 'EXPRESS' };
}

/** A state machine that has passed `validateDefinition`. */
export interface Definition extends Processor {
  readonly Comment?: string;
  readonly QueryLanguage?: 'JSONata';
  readonly TimeoutSeconds?: number;
}
