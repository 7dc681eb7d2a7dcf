import type { MemoryStore } from '../../adapters/memory/store.ts';
import type { Limits } from '../../shared/admission/limits.ts';
import { StoreThrottledError, StoreUnansweredError } from '../../shared/errors/store-errors.ts';
import type {
  Clause,
  Item,
  Key,
  ListOptions,
  Page,
  Removal,
  RemovalResult,
  Store,
  Write,
  WriteResult,
} from '../../shared/ports/store.ts';
import type { Random, Scheduler } from './scheduler.ts';

/** Probabilities of what may go wrong at one await. All zero once the world heals. */
export interface Faults {
  crash: number;
  /** A pause long enough for others to give the worker up for dead; it wakes up later all the same. */
  stall: number;
  /** The write lands, its answer is lost. */
  lostAnswer: number;
  /** The answer is lost and the write lands later. */
  lateLanding: number;
  /** The same of a request for a lock, on top: it can take the lock for a run that is over. */
  lateAcquire: number;
  lostRequest: number;
  throttle: number;
}

export const CALM: Faults = { crash: 0, stall: 0, lostAnswer: 0, lateLanding: 0, lateAcquire: 0, lostRequest: 0, throttle: 0 };

/** One invocation: it can die at any await, and its clock may be off. */
export interface Worker {
  readonly name: string;
  dead: boolean;
  /** Its last reading of the gate: whether the environment was halted. */
  gate: { readonly halted: boolean } | undefined;
}

/** The name of one clause of one write, such as `lock.release[1] equals ownerEpoch`. */
const clauseName = (write: string, index: number, clause: Clause): string =>
  `${write}[${index}] ${clause.test}${'attribute' in clause ? ` ${clause.attribute.replace(/^run:.*/, 'run:*')}` : ''}`;

export interface SimWorld {
  readonly limits: Limits | undefined;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly memory: MemoryStore;
  faults: Faults;
  /** Clauses seen so far; and the one that is taken out by the mutation test. */
  readonly clauses: Set<string>;
  readonly without: string | undefined;
  /** Whether this worker dies at this await, whatever chance says. */
  readonly dies: (worker: string) => boolean;
  readonly log: (line: string) => void;
  /** Called for every write that is sent. */
  readonly sent: (write: Write, worker: Worker) => void;
  /** Called for every write that lands. */
  readonly landed: (write: Write, item: Item) => void;
}

const forever = new Promise<never>(() => {});
/** Within a slice: what wakes up goes on as if nothing had happened. */
const SHORT_STALL_MS = 50_000;
const STALL_MS = 400_000;

/** An await of a worker: it may die here, or stand still for minutes. */
export async function point(world: SimWorld, worker: Worker): Promise<void> {
  const { random, faults, scheduler } = world;
  if (random.chance(faults.crash) || world.dies(worker.name)) {
    worker.dead = true;
    world.log(`${worker.name} dies`);
  }
  const stalled = random.chance(faults.stall) ? random.between(1000, random.chance(0.5) ? SHORT_STALL_MS : STALL_MS) : 0;
  if (stalled > 0) world.log(`${worker.name} stalls ${stalled}`);
  await scheduler.after(stalled + random.between(1, 20));
  if (worker.dead) await forever;
}

/** The store as one worker sees it, over one memory that all share. */
export class SimStore implements Store {
  readonly #world: SimWorld;
  readonly #worker: Worker;

  constructor(world: SimWorld, worker: Worker) {
    this.#world = world;
    this.#worker = worker;
  }

  read(key: Key): Promise<Item | undefined> {
    return this.#around(() => this.#world.memory.read(key));
  }

  async readMany(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    const items = await this.#around(async () => {
      const found = await this.#world.memory.readMany(keys);
      const halt = keys.findIndex(({ sk }) => sk === 'HALT');
      if (halt >= 0) this.#worker.gate = { halted: found[halt]?.['active'] === true };
      return found;
    });
    return items;
  }

  list(pk: string, options?: ListOptions): Promise<Page> {
    return this.#around(() => this.#world.memory.list(pk, options));
  }

  listIndex(index: 'listing' | 'open', value: string, options?: ListOptions): Promise<Page> {
    return this.#around(() => this.#world.memory.listIndex(index, value, options));
  }

  async write(write: Write): Promise<WriteResult> {
    const { random, faults, scheduler } = this.#world;
    this.#world.sent(write, this.#worker);
    await point(this.#world, this.#worker);
    if (random.chance(faults.throttle)) throw new StoreThrottledError('throttled');
    if (random.chance(faults.lostRequest)) {
      await point(this.#world, this.#worker);
      throw new StoreUnansweredError('the request was lost');
    }
    if (random.chance(faults.lateLanding + (write.name === 'lock.acquire' ? faults.lateAcquire : 0))) {
      void scheduler.after(random.between(1000, STALL_MS)).then(() => this.#land(write));
      await point(this.#world, this.#worker);
      throw new StoreUnansweredError('the request is late');
    }
    const result = await this.#land(write);
    const lost = random.chance(faults.lostAnswer);
    await point(this.#world, this.#worker);
    if (lost) throw new StoreUnansweredError('the answer was lost');
    return result;
  }

  remove(removal: Removal): Promise<RemovalResult> {
    return this.#around(() => this.#world.memory.remove(removal));
  }

  async #around<T>(call: () => Promise<T>): Promise<T> {
    await point(this.#world, this.#worker);
    const answer = await call();
    await point(this.#world, this.#worker);
    return answer;
  }

  async #land(write: Write): Promise<WriteResult> {
    const world = this.#world;
    const result = await world.memory.write({ ...write, when: this.#mutated(write) });
    const { epoch, rev, status } = (result.applied ? result.item : (result.current ?? {})) as Record<string, unknown>;
    world.log(
      `${this.#worker.name} ${write.name} ${write.key.sk} ${result.applied ? 'ok' : 'refused'} e${epoch} r${rev} ${status ?? ''}`,
    );
    if (result.applied) world.landed(write, result.item);
    return result;
  }

  /** Notes every clause, and leaves out the one that the mutation test names. */
  #mutated(write: Write): readonly Clause[] {
    const { clauses, without } = this.#world;
    return write.when.flatMap((clause, index): Clause[] => {
      const name = clauseName(write.name, index, clause);
      clauses.add(name);
      if (name === without) return [];
      if (clause.test !== 'any') return [clause];
      const of = clause.of.filter((inner, at) => {
        const inside = `${name} > ${clauseName('', at, inner)}`;
        clauses.add(inside);
        return inside !== without;
      });
      return [{ test: 'any', of }];
    });
  }
}
