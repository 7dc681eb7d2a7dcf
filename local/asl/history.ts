import type { Clock } from '../../shared/ports/clock.ts';
import type { Value } from '../../shared/ports/store.ts';
import type { ExecutionName } from './arn.ts';
import { RuntimeError } from './errors.ts';
import type { Journal } from './journal.ts';
import { keys } from './records.ts';

export type EventDetails = Readonly<Record<string, Value | undefined>>;

/** AWS's limit of events in one history; the last one is kept for the event that ends the execution. */
const historyLimit = 25_000;

/** Numbers the events of one execution from 1. Throws RuntimeError where only the final event has room. */
export interface History {
  readonly lastId: number;
  record(type: string, previous: number, details: EventDetails): number;
  /** The event that ends the execution, for which room is always left. */
  close(type: string, details: EventDetails): void;
}

export function journalledHistory(
  journal: Journal,
  execution: ExecutionName,
  clock: Clock,
  options: { readonly lastId: number; readonly limited: boolean },
): History {
  let lastId = options.lastId;
  function write(type: string, previous: number, details: EventDetails): number {
    lastId += 1;
    // Fields that AWS leaves out are undefined here, and JSON leaves them out too.
    const given = Object.fromEntries(Object.entries(details).filter((entry): entry is [string, Value] => entry[1] !== undefined));
    journal.put(keys.event(execution, lastId), { id: lastId, previous, at: clock.now(), type, details: given });
    return lastId;
  }
  return {
    get lastId() {
      return lastId;
    },
    record(type, previous, details) {
      if (options.limited) leaveRoom(lastId);
      return write(type, previous, details);
    },
    close(type, details) {
      write(type, lastId, details);
    },
  };
}

/** Children of a distributed Map are executions of their own on AWS: their events are numbered here, but not kept. */
export function countedHistory(lastId: number): History {
  let last = lastId;
  return {
    get lastId() {
      return last;
    },
    record() {
      leaveRoom(last);
      last += 1;
      return last;
    },
    close() {
      last += 1;
    },
  };
}

function leaveRoom(lastId: number): void {
  if (lastId >= historyLimit - 1) {
    throw new RuntimeError(`The execution reached the maximum number of history events (${historyLimit}).`);
  }
}
