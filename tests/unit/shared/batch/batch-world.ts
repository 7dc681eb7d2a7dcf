import { MemoryArtefacts } from '../../../../adapters/memory/artefacts.ts';
import { seededIds } from '../../../../adapters/memory/seeded-ids.ts';
import { MemoryStore } from '../../../../adapters/memory/store.ts';
import { MemoryTables } from '../../../../adapters/memory/tables.ts';
import { inProcess } from '../../../../shared/batch/apply-transform.ts';
import type { BatchDeps, BatchJob } from '../../../../shared/batch/batch-job.ts';
import { Checksum, type ChecksumText, recordHash } from '../../../../shared/batch/checksum.ts';
import { prepareBatch } from '../../../../shared/batch/prepare-batch.ts';
import { readSegment, type SegmentProgress } from '../../../../shared/batch/segment-progress.ts';
import { undoBatch } from '../../../../shared/batch/undo-batch.ts';
import { type VerifyOutcome, verifyBatch } from '../../../../shared/batch/verify-batch.ts';
import { workSegment } from '../../../../shared/batch/work-segment.ts';
import { component } from '../../../../shared/plan/component.ts';
import type { Transform } from '../../../../shared/plan/define-task.ts';
import type { BatchComponent } from '../../../../shared/plan/plan.ts';
import type { Clock } from '../../../../shared/ports/clock.ts';
import type { RunEvent } from '../../../../shared/ports/events.ts';
import type { DataRecord, Tables } from '../../../../shared/ports/tables.ts';
import { componentKey, segmentKey } from '../../../../shared/run/keys.ts';
import type { Slice, SliceOutcome } from '../../../../shared/run/steps.ts';
import { readWork, type WorkState } from '../../../../shared/run/work-state.ts';

/** Time that passes by itself: a sleep ends at once, that much later. */
export class PassingClock implements Clock {
  time = 1_000_000;

  now(): number {
    return this.time;
  }

  async sleep(ms: number): Promise<void> {
    this.time += ms;
  }
}

import { seizeItem } from '../../../../shared/run/writes.ts';

export interface WorldOptions {
  readonly records?: number;
  /** What the target holds before. */
  readonly target?: readonly DataRecord[];
  readonly transform?: Transform;
  readonly component?: { readonly [name: string]: unknown };
  /** ms that one record takes to be written in bulk. */
  readonly msPerRecord?: number;
}

const SLICE_MS = 60_000;

const person = (id: number): DataRecord => ({ id, name: `Person ${id}`, city: `City ${id % 7}` });

export const renamed: Transform = (record) => ({
  pk: `P#${record['id']}`,
  fullName: record['name'] ?? null,
  city: record['city'] ?? null,
});

/** A batch component over memory adapters, with a source of people. */
export class BatchWorld {
  readonly clock = new PassingClock();
  readonly store = new MemoryStore();
  readonly tables: SlowTables;
  readonly artefacts = new MemoryArtefacts();
  readonly events: RunEvent[] = [];
  readonly deps: BatchDeps;
  readonly component: BatchComponent;
  transform: Transform;
  epoch = 1;
  #invocations = 0;

  constructor(options: WorldOptions = {}) {
    const { records = 200, target = [], transform = renamed } = options;
    this.tables = new SlowTables(this.clock, options.msPerRecord ?? 1);
    this.tables.create(
      'people',
      ['id'],
      Array.from({ length: records }, (_, id) => person(id)),
    );
    this.tables.create('persons', ['pk'], target);
    this.transform = transform;
    this.component = batchOf({
      name: 'people',
      kind: 'batch',
      from: { table: 'people' },
      to: { table: 'persons' },
      transform: { run: './transform.ts#renamed' },
      segments: 2,
      checkpoint: { records: 40, every: '5s' },
      ...options.component,
    });
    this.deps = {
      store: this.store,
      clock: this.clock,
      ids: seededIds(1, this.clock),
      events: { publish: async (events) => void this.events.push(...events) },
      tables: this.tables,
      artefacts: this.artefacts,
    };
  }

  get job(): BatchJob {
    return {
      writer: { runId: 'run1', epoch: this.epoch },
      component: this.component,
      environment: 'test',
      transform: inProcess(this.transform),
      retry: { attempts: 3, maxDelays: [2000, 4000, 8000], circuit: { failures: 5, openFor: 30_000 } },
    };
  }

  slice(ms = SLICE_MS): Slice {
    this.#invocations += 1;
    return { invocation: `call-${this.#invocations}`, until: this.clock.now() + ms };
  }

  async prepare(deps = this.deps): Promise<void> {
    await untilDone(this.clock, () => prepareBatch(deps, this.job, this.slice()));
  }

  /** Works every segment to its end, one slice after another, waiting where it must. */
  async work(deps = this.deps): Promise<SliceOutcome[]> {
    const outcomes: SliceOutcome[] = [];
    for (let segment = 0; segment < this.component.segments; segment += 1) {
      outcomes.push(await untilDone(this.clock, () => workSegment(deps, this.job, segment, this.slice())));
    }
    return outcomes;
  }

  async verify(deps = this.deps): Promise<VerifyOutcome> {
    return untilDone(this.clock, () => verifyBatch(deps, this.job, this.slice()));
  }

  /** Takes the run over, as a rollback does. */
  async seize(): Promise<void> {
    this.epoch += 1;
    const keys = [componentKey('run1', 'people')];
    for (let segment = 0; segment < this.component.segments; segment += 1) keys.push(segmentKey('run1', 'people', segment));
    for (const key of keys) await this.store.write(seizeItem(key, this.epoch, 'back'));
  }

  async undo(deps = this.deps): Promise<SliceOutcome> {
    return untilDone(this.clock, () => undoBatch(deps, this.job, this.slice()));
  }

  async componentState(): Promise<WorkState> {
    return this.#state(componentKey('run1', 'people'));
  }

  async segmentState(segment: number): Promise<WorkState> {
    return this.#state(segmentKey('run1', 'people', segment));
  }

  async segments(): Promise<SegmentProgress[]> {
    const all = Array.from({ length: this.component.segments }, (_, segment) => this.segmentState(segment));
    return (await Promise.all(all)).map(readSegment);
  }

  /** What all segments together have come to. */
  async totals(): Promise<{ read: number; written: number; quarantined: number; kept: number; sum: ChecksumText }> {
    const segments = await this.segments();
    const total = (of: (one: SegmentProgress) => number) => segments.reduce((sum, one) => sum + of(one), 0);
    return {
      read: total(({ read }) => read),
      written: total(({ written }) => written),
      quarantined: total(({ quarantined }) => quarantined),
      kept: total(({ kept }) => kept),
      sum: segments.reduce((sum, one) => sum.plus(one.sum), new Checksum()).text,
    };
  }

  async contents(table: string): Promise<readonly DataRecord[]> {
    return (await this.tables.scan(table, { segment: 0, segments: 1, limit: 1_000_000 })).records;
  }

  async checksum(table: string): Promise<ChecksumText> {
    const sum = new Checksum();
    for (const record of await this.contents(table)) sum.add(recordHash(record));
    return sum.text;
  }

  async #state(key: { pk: string; sk: string }): Promise<WorkState> {
    const item = await this.store.read(key);
    if (!item) throw new Error(`There is no ${key.sk}`);
    return readWork(item);
  }
}

/** A process that dies at its nth call to a store: before the call does anything, or after it did, with the answer lost. */
export class Mortal {
  calls = 0;
  readonly #at: number;
  readonly #lands: boolean;

  constructor(at = Number.POSITIVE_INFINITY, lands = false) {
    this.#at = at;
    this.#lands = lands;
  }

  wrap(deps: BatchDeps): BatchDeps {
    return {
      ...deps,
      store: this.#mortal(deps.store),
      tables: this.#mortal(deps.tables),
      artefacts: this.#mortal(deps.artefacts),
    };
  }

  #mortal<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        // A listing is read lazily: it dies with the call that follows it.
        if (name === 'list' && 'putOnce' in target) return method.bind(target);
        return async (...args: unknown[]) => {
          this.calls += 1;
          if (this.calls > this.#at || (this.calls === this.#at && !this.#lands)) throw new Death();
          // What another process reads is another object.
          const answer: unknown = structuredClone(await method.apply(target, args));
          if (this.calls >= this.#at) throw new Death();
          return answer;
        };
      },
    });
  }
}

class Death extends Error {
  override readonly name = 'Death';
}

/** Runs a process to its death, or to its end. */
export async function untilDeath(work: () => Promise<unknown>): Promise<'died' | 'ended'> {
  try {
    await work();
    return 'ended';
  } catch (error) {
    if (error instanceof Death) return 'died';
    throw error;
  }
}

/** The world's own, but for some calls of its tables. */
export function withTables(world: BatchWorld, calls: Partial<Tables>): BatchDeps {
  const tables = new Proxy<Tables>(world.tables, {
    get: (target, name) => {
      const method: unknown = Reflect.get(calls, name) ?? Reflect.get(target, name);
      return typeof method === 'function' ? method.bind(target) : method;
    },
  });
  return { ...world.deps, tables };
}

/** Tables whose bulk writes take time. */
class SlowTables extends MemoryTables {
  readonly #clock: PassingClock;
  readonly msPerRecord: number;
  /** Records that were put, repeats included. */
  put = 0;

  constructor(clock: PassingClock, msPerRecord: number) {
    super();
    this.#clock = clock;
    this.msPerRecord = msPerRecord;
  }

  override async write(...[table, change]: Parameters<MemoryTables['write']>) {
    this.#clock.time += this.msPerRecord * ((change.put?.length ?? 0) + (change.remove?.length ?? 0));
    this.put += change.put?.length ?? 0;
    return super.write(table, change);
  }
}

function batchOf(input: { readonly [name: string]: unknown }): BatchComponent {
  const parsed = component.parse(input);
  if (parsed.kind !== 'batch') throw new Error(`${parsed.name} is no batch`);
  return parsed;
}

const MOST_SLICES = 500;

/** Calls again and again, as the state machine does, until there is an outcome that ends it. */
export async function untilDone<T extends { readonly outcome: string }>(clock: PassingClock, call: () => Promise<T>): Promise<T> {
  for (let slices = 0; slices < MOST_SLICES; slices += 1) {
    const answer = await call();
    if (answer.outcome === 'wait' && 'until' in answer) clock.time = Math.max(clock.time, Number(answer.until));
    else if (answer.outcome !== 'more') return answer;
  }
  throw new Error(`No end after ${MOST_SLICES} slices`);
}
