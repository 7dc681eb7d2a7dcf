import { AsyncLocalStorage } from 'node:async_hooks';
import type { Fields, Level, Measure, Telemetry } from '../../shared/ports/telemetry.ts';
import { redactError } from '../../shared/redaction/redact-error.ts';
import type { LogContext } from '../../shared/telemetry/log-record.ts';
import type { CallMeter } from './call-meter.ts';

/** The call of a function that is under way, for whoever logs or counts below it. */
export interface Invocation {
  readonly context: Omit<LogContext, 'keys'> & { readonly debug: boolean };
  readonly telemetry: Telemetry;
  /** Run, component, actor: what is known of the call. */
  readonly keys: Record<string, string>;
  /** Handed on together when the call ends. */
  readonly measures: Measure[];
  /** Of a call that works for a run. */
  readonly meter?: CallMeter;
  /** At which level its end is told. */
  level: Level;
}

const invocations = new AsyncLocalStorage<Invocation>();

export const during = <T>(invocation: Invocation, work: () => T): T => invocations.run(invocation, work);

export const currentInvocation = (): Invocation | undefined => invocations.getStore();

/** Says of the present call what its logs carry from now on. */
export function noteKeys(keys: { readonly [name: string]: unknown }): void {
  const invocation = invocations.getStore();
  if (!invocation) return;
  for (const [name, value] of Object.entries(keys)) if (typeof value === 'string') invocation.keys[name] = value;
}

/** What a line that is logged now carries. */
export function logContext(
  facts: Pick<LogContext, 'service' | 'environment' | 'version'>,
): LogContext & { readonly debug?: boolean } {
  const invocation = invocations.getStore();
  return invocation ? { ...invocation.context, keys: invocation.keys } : facts;
}

export function count(measure: Measure): void {
  invocations.getStore()?.measures.push(measure);
}

/** Whoever was not let in is in the audit log, also where they only wanted to read. */
export function logDenial(denial: Fields): void {
  const invocation = invocations.getStore();
  if (invocation) invocation.telemetry.audit({ action: denial['route'], outcome: 'denied', ...denial });
  else console.warn(JSON.stringify({ audit: 'accessDenied', ...denial }));
}

/** What a call has done, where its end alone does not say it. */
export function logNote(message: string, fields: Fields): void {
  invocations.getStore()?.telemetry.log('info', message, fields);
}

/** An error that nobody foresaw: its words are for the log alone. */
export function logFault(error: unknown, requestId?: string): void {
  const invocation = invocations.getStore();
  if (invocation) invocation.telemetry.log('error', 'An error that nobody foresaw.', { error, request_id: requestId });
  else console.error(requestId, redactError(error));
}
