import type { Value } from '../../shared/ports/store.ts';
import { sleepUntil } from './deadline.ts';
import type { Definition } from './definition.ts';
import { RuntimeError, TimeoutError } from './errors.ts';
import type { Restored, Run } from './frame.ts';
import { type History, journalledHistory } from './history.ts';
import { runFrame } from './interpreter.ts';
import { Journal } from './journal.ts';
import { type ExecutionRecord, keys } from './records.ts';
import type { Services } from './services.ts';

/** AWS's limit for an EXPRESS execution. */
const expressSeconds = 300;

export interface ExecutionInit {
  readonly record: ExecutionRecord;
  readonly definition: Definition;
  readonly arnName: string;
  readonly services: Services;
  readonly restored: Restored;
  /** The last event on disk; 0 for an execution that starts. */
  readonly lastEvent: number;
}

/** How an execution ended, before it is written down. */
type Ending = Pick<ExecutionRecord, 'status' | 'output' | 'error' | 'cause'>;

const endEvents = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
  RUNNING: 'ExecutionStarted',
} as const;

/** One execution in memory. Its durable form is always what its journal has committed. */
export class RunningExecution {
  readonly #definition: Definition;
  readonly #run: Run;
  readonly #history: History;
  readonly #stop = new AbortController();
  #record: ExecutionRecord;

  constructor({ record, definition, arnName, services, restored, lastEvent }: ExecutionInit) {
    this.#record = record;
    this.#definition = definition;
    const { arn, machineArn, roleArn, name, input, startedAt, type } = record;
    const execution = { machine: arnName, name, arn, machineArn, roleArn, input, startedAt };
    const journal = new Journal(services.store);
    this.#run = { execution, services, journal, restored };
    this.#history = journalledHistory(journal, execution, services.clock, { lastId: lastEvent, limited: type === 'STANDARD' });
  }

  get record(): ExecutionRecord {
    return this.#record;
  }

  /** Writes the execution down before anything of it runs. */
  async open(definition: Value): Promise<void> {
    const { execution, journal } = this.#run;
    journal.put(keys.definition(this.#record.definition), definition);
    journal.put(keys.execution(execution), this.#record as unknown as Value);
    journal.put(keys.open(execution), null);
    this.#history.record('ExecutionStarted', 0, { input: this.#record.input });
    await journal.commit();
  }

  /** Runs to the end, and resolves with the record as it was written. Rejects where the engine is closed or the store fails. */
  async run(): Promise<ExecutionRecord> {
    const timer = new AbortController();
    void this.#expire(timer.signal);
    try {
      const output = await runFrame(this.#run, {
        id: '0',
        processor: this.#definition,
        input: this.#record.input,
        history: this.#history,
        signal: this.#stop.signal,
        iteration: [],
        ended: (ending) => {
          const { error, reason } = 'error' in ending ? ending : { error: '', reason: undefined };
          this.#close(
            'output' in ending ? { status: 'SUCCEEDED', output: ending.output } : { status: 'FAILED', ...failure(error, reason) },
          );
        },
      });
      void output;
    } catch (error) {
      if (this.#record.status === 'RUNNING') throw error;
    } finally {
      timer.abort();
    }
    await this.#run.journal.commit();
    return this.#record;
  }

  /** Ends the execution from outside; false: it has ended already. */
  abort(reason: { error: string; cause: string }): boolean {
    return this.#interrupt({ status: 'ABORTED', ...failure(reason.error, reason.cause) }, new RuntimeError(reason.cause));
  }

  /** Leaves the execution as it is, to be recovered. */
  suspend(reason: Error): void {
    this.#stop.abort(reason);
  }

  async #expire(signal: AbortSignal): Promise<void> {
    const seconds = this.#record.type === 'EXPRESS' ? expressSeconds : Number.POSITIVE_INFINITY;
    const limit = Math.min(this.#definition.TimeoutSeconds ?? Number.POSITIVE_INFINITY, seconds);
    if (limit === Number.POSITIVE_INFINITY) return;
    try {
      await sleepUntil(this.#run.services.clock, () => this.#record.startedAt + limit * 1000, signal);
    } catch {
      return;
    }
    this.#interrupt({ status: 'TIMED_OUT', ...failure('States.Timeout', undefined) }, new TimeoutError(undefined));
  }

  #interrupt(ending: Ending, reason: Error): boolean {
    if (this.#record.status !== 'RUNNING' || this.#stop.signal.aborted) return false;
    this.#close(ending);
    this.#stop.abort(reason);
    return true;
  }

  #close(ending: Ending): void {
    const { execution, journal, services } = this.#run;
    const { output, error, cause } = ending;
    this.#history.close(endEvents[ending.status], ending.status === 'SUCCEEDED' ? { output } : { error, cause });
    this.#record = { ...this.#record, ...ending, stoppedAt: services.clock.now() };
    journal.put(keys.execution(execution), this.#record as unknown as Value);
  }
}

function failure(error: string, cause: string | undefined): Pick<Ending, 'error' | 'cause'> {
  return { ...(error === '' ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
}
