import type { Fields, Level } from '../ports/telemetry.ts';
import { redact } from '../redaction/redact.ts';

/** What is the same for every line of one invocation. */
export interface LogContext {
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly function?: string;
  readonly requestId?: string;
  readonly coldStart?: boolean;
  /** The share of invocations that log from debug on. */
  readonly samplingRate?: number;
  /** Run, component and the like. */
  readonly keys?: Fields;
}

/** A line of JSON in the shape of Powertools for AWS Lambda, without secrets and without line breaks. */
export function logLine(level: Level, message: string, fields: Fields, context: LogContext, now: number): string {
  const { keys, function: name, requestId, coldStart, samplingRate, ...rest } = context;
  return JSON.stringify(
    redact({
      level: level.toUpperCase(),
      message,
      timestamp: new Date(now).toISOString(),
      ...rest,
      cold_start: coldStart,
      function_name: name,
      function_request_id: requestId,
      sampling_rate: samplingRate === 0 ? undefined : samplingRate,
      ...keys,
      ...fields,
    }),
  );
}
