import type { Call } from '../adapters/aws/clients.ts';
import type { CallUsage } from '../adapters/telemetry/self-monitor.ts';
import type { Events } from '../shared/ports/events.ts';
import type { Telemetry } from '../shared/ports/telemetry.ts';
import { measuresOf } from '../shared/telemetry/event-measures.ts';
import type { LogContext } from '../shared/telemetry/log-record.ts';
import { count } from './middleware/invocation.ts';

/** How a function is watched. */
export interface Observer {
  readonly telemetry: Telemetry;
  /** Answers what ends the measuring of a call. */
  readonly monitor: { begin(): () => CallUsage };
  readonly facts: Pick<LogContext, 'service' | 'environment' | 'version'>;
  /** The share of calls that log from debug on, 0 to 1. */
  readonly debugShare: number;
}

/** Events that are counted when they are told. */
export const countedEvents = (events: Events): Events => ({
  publish: async (told) => {
    await events.publish(told);
    for (const event of told) for (const measure of measuresOf(event)) count(measure);
  },
});

/** For clients: counts requests by service. */
export async function countedCall<T>({ client }: Pick<Call, 'client'>, send: () => Promise<T>): Promise<T> {
  count({ name: 'slipway_api_calls_total', value: 1, labels: { service: client.replace(/Client$/, '').toLowerCase() } });
  return send();
}
