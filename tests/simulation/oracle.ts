import type { Item, Write } from '../../shared/ports/store.ts';
import { brokenAt, eventHash } from '../../shared/run/event-chain.ts';
import { keptBy } from '../../shared/run/going-back.ts';
import { readRun, type StoredEvent, storedEvent } from '../../shared/run/run-state.ts';
import { FlagWatch, judgeFlags } from './flag-oracle.ts';
import { QueueWatch } from './queue-oracle.ts';
import type { SimComponent } from './receiver.ts';
import type { Worker } from './sim-store.ts';
import { isOver, type Simulation } from './simulate.ts';

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

/** Everything that must be true when all is quiet. */
export async function judge(simulation: Simulation): Promise<readonly string[]> {
  const { watch } = simulation;
  await judgeRuns(simulation);
  judgeLedger(simulation);
  await judgeFlags(simulation);
  await judgeEvents(simulation);
  for (const run of watch.queue.left()) watch.say(`${run} still has a place in the queue`);
  for (const [resource, holder] of watch.held()) watch.say(`${resource} is still held by ${holder}`);
  return watch.violations;
}

async function judgeRuns({ watch, memory, receiver, plans, scenario, ids }: Simulation): Promise<void> {
  const { items } = await memory.listIndex('listing', 'run');
  if (items.length !== scenario.runs.length) watch.say(`${scenario.runs.length} runs were asked for and ${items.length} exist`);
  for (const item of items) {
    const run = readRun(item);
    if (!isOver(run)) watch.say(`${run.id} ends as ${run.status}`);
    for (const [part, step, component] of parts(plans.get(run.id) ?? [])) {
      if (component.flag !== undefined) continue;
      const stands = receiver.stands(run.id, part, step);
      if (run.status === 'succeeded' && !stands) watch.say(`${run.id} succeeded without ${part}/${step}`);
      const kept = keptBy(run).includes(component.name);
      if (run.status === 'rolled-back' && stands && component.undoable && !kept)
        watch.say(`${run.id} rolled back and left ${part}/${step}`);
      if (run.status === 'rolled-back' && kept && !stands) watch.say(`${run.id} keeps ${part}, and ${part}/${step} is gone`);
    }
  }
  for (const run of scenario.runs) if (!ids.has(run.key)) watch.say(`${run.key} was never started`);
}

/** Nothing twice, nothing after rollback, nothing without the locks, nothing beneath the work of a later run. */
function judgeLedger({ watch, receiver, plans }: Simulation): void {
  const standing = new Set<string>();
  const undone = new Set<string>();
  const tenants = new Map<string, string[]>();
  for (const { run, part, step, kind, unlocked } of receiver.ledger) {
    const key = `${run}/${part}/${step}`;
    const component = (plans.get(run) ?? []).flat().find(({ name }) => name === part.split('#')[0]);
    const repeatable = component?.effect === 'idempotent';
    for (const resource of watch.resources.get(run) ?? []) {
      const before = tenants.get(resource) ?? [];
      if (before.at(-1) === run) continue;
      if (before.includes(run)) watch.say(`${run} touched ${resource} again after ${before.at(-1)} had`);
      tenants.set(resource, [...before, run]);
    }
    if (unlocked.length > 0) watch.say(`${key} landed (${kind}) without the lock of ${unlocked.join(', ')}`);
    if (kind === 'do') {
      if (undone.has(key)) watch.say(`${key} was done after it was undone`);
      if (standing.has(key) && !repeatable) watch.say(`${key} was done twice`);
      standing.add(key);
    } else {
      if (!standing.has(key) && !repeatable) watch.say(`${key} was undone though it did not stand`);
      standing.delete(key);
      undone.add(key);
    }
  }
}

/** Every transition is in the timeline, chained, or in the item as its last event. */
async function judgeEvents({ watch, memory }: Simulation): Promise<void> {
  for (const [of, written] of watch.events) {
    const [pk = '', ...rest] = of.split(' ');
    const key = { pk, sk: rest.join(' ') };
    const item = await memory.read(key);
    const { items } = await memory.list(pk, { prefix: `EVENT#${key.sk}#` });
    const events = items
      .filter(({ sk }) => sk.length === `EVENT#${key.sk}#`.length + 9)
      .map((stored) => storedEvent.parse(stored));
    const last = item?.['lastEvent'] as StoredEvent | undefined;
    if (last && !events.some(({ rev }) => rev === last.rev)) events.push(last);
    if (events.length !== written.size) watch.say(`${of} had ${written.size} transitions and its timeline has ${events.length}`);
    const broken = brokenAt(key, events);
    if (broken !== undefined) watch.say(`the chain of ${of} breaks at ${broken}`);
    judgeTurns(watch, of, events);
    for (const event of events) if (event.hash !== eventHash(key, event)) watch.say(`${of} has a forged event`);
  }
}

/** However often an alarm is delivered, it turns a run at most once, and before anything else has turned all of it: later epochs going back are recoveries. */
function judgeTurns(watch: Watch, of: string, events: readonly StoredEvent[]): void {
  const back = [...events]
    .sort((one, other) => one.rev - other.rev)
    .filter(({ type, data }) => type === 'takenOver' && data['direction'] === 'back');
  for (const [at, { data, rev }] of back.entries())
    if (at > 0 && data['code'] === 'GUARDRAIL_TRIPPED' && back[at - 1]?.data['backTo'] === undefined)
      watch.say(`${of} was turned back again by a guardrail at revision ${rev}`);
}

function parts(phases: readonly (readonly SimComponent[])[]): readonly (readonly [string, number, SimComponent])[] {
  return phases.flat().flatMap((component) => {
    const names =
      component.segments > 0
        ? Array.from({ length: component.segments }, (_, index) => `${component.name}#${index}`)
        : [component.name];
    return names.flatMap((part) => Array.from({ length: component.steps }, (_, step) => [part, step, component] as const));
  });
}
