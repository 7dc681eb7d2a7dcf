import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { StoreRejectedError, StoreThrottledError } from '../../shared/errors/store-errors.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Events, RunEvent } from '../../shared/ports/events.ts';
import { storeFailure } from './store-failure.ts';

export interface EventBusOptions {
  readonly client: EventBridgeClient;
  /** Name or ARN. */
  readonly bus: string;
  readonly clock: Clock;
}

/** `source` of every event on the bus; `detail-type` is the event's type. */
const EVENT_SOURCE = 'slipway';

/** EventBridge's limits on one request. */
const ENTRIES = 10;
const BYTES = 256 * 1024;
/** Pauses in ms before the entries that the bus refused are sent again. */
const REFUSED = [50, 200, 800] as const;
/** Codes of entries that a repeat can help. */
const PASSING = new Set(['ThrottlingException', 'InternalException', 'InternalFailure', 'ServiceUnavailable']);

/** Publishes to an EventBridge bus. At least once: after an error some of the events may be out. */
export class EventBus implements Events {
  readonly #client: EventBridgeClient;
  readonly #bus: string;
  readonly #clock: Clock;

  constructor(options: EventBusOptions) {
    this.#client = options.client;
    this.#bus = options.bus;
    this.#clock = options.clock;
  }

  async publish(events: readonly RunEvent[]): Promise<void> {
    for (const batch of batches(events.map((event) => this.#entry(event)))) await this.#send(batch);
  }

  async #send(batch: readonly PutEventsRequestEntry[]): Promise<void> {
    let left = batch;
    for (const pause of [...REFUSED, undefined]) {
      const { entries, codes } = await this.#refused(left);
      if (entries.length === 0) return;
      const lasting = codes.find((code) => !PASSING.has(code));
      if (lasting !== undefined) {
        throw new StoreRejectedError(`The bus ${this.#bus} refused ${entries.length} events (${lasting}).`, {
          next: 'Check that the bus exists and that the role may put events on it.',
        });
      }
      left = entries;
      if (pause !== undefined) await this.#clock.sleep(pause);
    }
    throw new StoreThrottledError(`The bus ${this.#bus} throttled ${left.length} events.`, {
      next: 'Wait and publish them again.',
    });
  }

  async #refused(batch: readonly PutEventsRequestEntry[]): Promise<{ entries: PutEventsRequestEntry[]; codes: string[] }> {
    try {
      const answer = await this.#client.send(new PutEventsCommand({ Entries: [...batch] }));
      const codes = batch.map((_, at) => answer.Entries?.[at]?.ErrorCode);
      return { entries: batch.filter((_, at) => codes[at] !== undefined), codes: codes.filter((code) => code !== undefined) };
    } catch (error) {
      throw storeFailure(`Publishing ${batch.length} events`, error);
    }
  }

  #entry(event: RunEvent): PutEventsRequestEntry {
    return {
      EventBusName: this.#bus,
      Source: EVENT_SOURCE,
      DetailType: event.type,
      Time: new Date(event.at),
      Detail: JSON.stringify(event),
    };
  }
}

const batches = (entries: readonly PutEventsRequestEntry[]): readonly (readonly PutEventsRequestEntry[])[] => {
  const filled: PutEventsRequestEntry[][] = [];
  let batch: PutEventsRequestEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = entryBytes(entry);
    if (batch.length > 0 && (batch.length === ENTRIES || bytes + size > BYTES)) {
      filled.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += size;
  }
  return batch.length === 0 ? filled : [...filled, batch];
};

/** As EventBridge counts: 14 bytes for the time, and source, detail type and detail in UTF-8. */
const entryBytes = (entry: PutEventsRequestEntry): number =>
  14 + [entry.Source, entry.DetailType, entry.Detail].reduce((total, text) => total + Buffer.byteLength(text ?? ''), 0);
