import type { Call } from '../adapters/aws/clients.ts';
import type { CallUsage } from '../adapters/telemetry/self-monitor.ts';
import type { Artefacts } from '../shared/ports/artefacts.ts';
import type { Events } from '../shared/ports/events.ts';
import type { Telemetry } from '../shared/ports/telemetry.ts';
import { measuresOf } from '../shared/telemetry/event-measures.ts';
import type { LogContext } from '../shared/telemetry/log-record.ts';
import type { Usage } from '../shared/usage/prices.ts';
import { billedCall } from './billed-call.ts';
import type { ProcessFigures } from './middleware/call-meter.ts';
import { count, currentInvocation } from './middleware/invocation.ts';

/** How a function is watched. */
export interface Observer {
  readonly telemetry: Telemetry;
  /** Answers what ends the measuring of a call. */
  readonly monitor: { begin(): () => CallUsage; figures(): ProcessFigures };
  readonly facts: Pick<LogContext, 'service' | 'environment' | 'version'>;
  /** The share of calls that log from debug on, 0 to 1. */
  readonly debugShare: number;
}

/** Events that are counted when they are told. */
export const countedEvents = (events: Events): Events => ({
  publish: async (told) => {
    await events.publish(told);
    for (const event of told) for (const measure of measuresOf(event)) count(measure);
    currentInvocation()?.meter?.bill({ event: told.length });
  },
});

/** For clients: counts requests by service, and for the run of the call what they are billed at. */
export async function countedCall<T>(call: Call, send: () => Promise<T>): Promise<T> {
  const service = call.client.replace(/Client$/, '').toLowerCase();
  count({ name: 'slipway_api_calls_total', value: 1, labels: { service } });
  const meter = currentInvocation()?.meter;
  return meter === undefined ? send() : billedCall(meter, call, send);
}

/** Bills what is asked of them to the run that the present call works for. */
export function countedArtefacts(artefacts: Artefacts): Artefacts {
  const bill = (usage: Partial<Usage>) => currentInvocation()?.meter?.bill(usage);
  return {
    get: (key) => {
      bill({ s3Get: 1 });
      return artefacts.get(key);
    },
    putOnce: (key, body) => {
      bill({ s3Put: 1 });
      return artefacts.putOnce(key, body);
    },
    remove: (key) => artefacts.remove(key),
    list: (prefix) => {
      bill({ s3List: 1 });
      return artefacts.list(prefix);
    },
  };
}
