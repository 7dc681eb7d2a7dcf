import { readQueue } from '../../shared/admission/queue-state.ts';
import type { Item, Write } from '../../shared/ports/store.ts';
import { ACTIVE, readRun, type StoredEvent } from '../../shared/run/run-state.ts';
import type { Watched } from './watched.ts';

/** Watches slots: never more than may be, and nobody goes forward without one. */
export class QueueWatch {
  /** Runs at once; undefined: any number. */
  atOnce: number | undefined;
  readonly #watch: Pick<Watched, 'say'>;
  #places: readonly string[] = [];
  #holders: ReadonlySet<string> = new Set();
  /** Runs that were admitted under their epoch and go forward. */
  readonly #admitted = new Set<string>();

  constructor(watch: Pick<Watched, 'say'>) {
    this.#watch = watch;
  }

  landed(write: Write, item: Item): void {
    if (this.atOnce === undefined) return;
    if (write.name.startsWith('queue.')) this.#queue(item);
    else if (item.sk === 'RUN' && write.name.startsWith('run.')) this.#run(write, item);
    else return;
    if (this.#holders.size > this.atOnce) this.#watch.say(`${this.#holders.size} runs hold one of ${this.atOnce} slots`);
    for (const run of this.#admitted) if (!this.#holders.has(run)) this.#watch.say(`${run} goes forward without a slot`);
  }

  left(): readonly string[] {
    return this.#places;
  }

  #queue(item: Item): void {
    const { places } = readQueue(item);
    this.#places = places.map(({ runId }) => runId);
    this.#holders = new Set(places.filter(({ heldSince }) => heldSince !== undefined).map(({ runId }) => runId));
  }

  #run(write: Write, item: Item): void {
    const run = readRun(item);
    const { type } = (write.set?.['lastEvent'] ?? {}) as unknown as StoredEvent;
    if (type === 'locksTaken' && run.direction === 'forward') this.#admitted.add(run.id);
    if (type === 'takenOver' || !ACTIVE.has(run.status)) this.#admitted.delete(run.id);
  }
}
