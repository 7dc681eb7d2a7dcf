import type { Clock } from '../../shared/ports/clock.ts';
import { type Fields, LEVELS, type Level, type Measure, type Telemetry } from '../../shared/ports/telemetry.ts';
import { type LogContext, logLine } from '../../shared/telemetry/log-record.ts';

export interface LineTelemetryOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly level: Level;
  /** What is so of the line that is being written: the invocation that it belongs to. */
  readonly context: () => LogContext & { readonly debug?: boolean };
  /** Takes each line of the log, without a line break. */
  readonly write: (line: string) => void;
  /** Takes lines of the audit log; those of the log where absent. */
  readonly writeAudit?: (line: string) => void;
  readonly measure: (measures: readonly Measure[]) => void;
}

/** Logs as lines of JSON. */
export class LineTelemetry implements Telemetry {
  readonly #options: LineTelemetryOptions;

  constructor(options: LineTelemetryOptions) {
    this.#options = options;
  }

  log(level: Level, message: string, fields: Fields = {}): void {
    const { clock, write, level: least } = this.#options;
    const context = this.#options.context();
    const { debug = false, ...told } = context;
    if (!debug && LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
    write(logLine(level, message, fields, told, clock.now()));
  }

  audit(fields: Fields): void {
    const { clock, write, writeAudit = write, context } = this.#options;
    const { debug, ...told } = context();
    // Marked, so that a filter of the log group can hand them on.
    writeAudit(logLine('info', 'audit', { log: 'audit', ...fields }, told, clock.now()));
  }

  measure(measures: readonly Measure[]): void {
    this.#options.measure(measures);
  }
}
