import type { Item, Write } from '../../shared/ports/store.ts';
import type { StoredEvent } from '../../shared/run/run-state.ts';
import { FlagWatch } from './flag-oracle.ts';
import { QueueWatch } from './queue-oracle.ts';
import type { Worker } from './sim-store.ts';

/** Watches every write that lands; says what no protocol may do. */
export class Watch {
  readonly violations: string[] = [];
  readonly resources = new Map<string, readonly string[]>();
  /** Every event that any landed write carried, by item. */
  readonly events = new Map<string, Map<number, string>>();
  readonly flags = new FlagWatch(this);
  readonly queue = new QueueWatch(this);
  readonly #holders = new Map<string, string>();
  readonly #numbers = new Map<string, number>();

  say(violation: string): void {
    if (!this.violations.includes(violation)) this.violations.push(violation);
  }

  landed(write: Write, item: Item): void {
    if (write.name.startsWith('lock.')) this.#lock(item);
    if (write.name.startsWith('flag.')) this.flags.landed(write, item);
    this.queue.landed(write, item);
    for (const number of ['epoch', 'ownerEpoch', 'fence'] as const) this.#grows(item, number);
    const event = write.set?.['lastEvent'];
    if (event) this.#event(item, event as unknown as StoredEvent);
  }

  /** A forward intent rests on a reading of the gate by its own invocation; how young, `gate.test.ts` holds. */
  sent(write: Write, worker: Worker): void {
    const intent = write.set?.['intent'] as { back: boolean; ended?: boolean } | undefined;
    if (!intent || intent.back || intent.ended) return;
    if (!worker.gate) this.say(`${worker.name} wrote a forward intent and never read the gate`);
    else if (worker.gate.halted) this.say(`${worker.name} wrote a forward intent though it was halted`);
  }

  unlocked(run: string): readonly string[] {
    return (this.resources.get(run) ?? []).filter((resource) => this.#holders.get(resource) !== run);
  }

  holder(resource: string): string | undefined {
    return this.#holders.get(resource);
  }

  locksOf(run: string): readonly string[] {
    return (this.resources.get(run) ?? []).filter((resource) => this.#holders.get(resource) === run);
  }

  held(): readonly (readonly [string, string])[] {
    return [...this.#holders];
  }

  #lock(item: Item): void {
    const resource = item.pk.slice('LOCK#'.length);
    const holder = item['holder'];
    if (typeof holder === 'string') this.#holders.set(resource, holder);
    else this.#holders.delete(resource);
  }

  /** Fences and epochs only grow; an owner's epoch does so while one run holds the lock. */
  #grows(item: Item, number: 'epoch' | 'ownerEpoch' | 'fence'): void {
    const now = item[number];
    const of = `${item.pk} ${item.sk} ${number}${number === 'ownerEpoch' ? ` ${item['owner'] ?? ''}` : ''}`;
    if (typeof now !== 'number') return;
    if (number === 'ownerEpoch' && item['holder'] === undefined && item['owner'] === undefined) {
      this.#numbers.delete(of);
      return;
    }
    const before = this.#numbers.get(of);
    if (before !== undefined && now < before) this.say(`${of} fell from ${before} to ${now}`);
    this.#numbers.set(of, now);
  }

  #event(item: Item, event: StoredEvent): void {
    const of = `${item.pk} ${item.sk}`;
    const events = this.events.get(of) ?? new Map<number, string>();
    const there = events.get(event.rev);
    if (there !== undefined && there !== event.hash) this.say(`${of} has two events of revision ${event.rev}`);
    events.set(event.rev, event.hash);
    this.events.set(of, events);
  }
}
