import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loadCities } from '../examples/cities/load.ts';
import { toPlace } from '../examples/cities/transform.ts';
import { inProcess } from '../shared/batch/apply-transform.ts';
import type { BatchJob } from '../shared/batch/batch-job.ts';
import { readSegments, totalsOf } from '../shared/batch/batch-progress.ts';
import { prepareBatch } from '../shared/batch/prepare-batch.ts';
import { verifyBatch } from '../shared/batch/verify-batch.ts';
import { workSegment } from '../shared/batch/work-segment.ts';
import { component as componentSchema } from '../shared/plan/component.ts';
import type { Transform } from '../shared/plan/define-task.ts';
import type { Slice } from '../shared/run/steps.ts';
import { type BatchBed, openBed } from './batch-bed.ts';
import { bareLoop } from './batch-loop.ts';
import { median, type Row, round } from './row.ts';

export interface BatchBenchOptions {
  /** Cities; all 135,233 where absent. */
  readonly records?: number;
  /** Times that the migration and the bare loop take turns; medians count. */
  readonly rounds?: number;
}

const SEGMENTS = 4;
const SLICE_MS = 60_000;
const MB = 1024 * 1024;

/**
 * Cities migrated a second against a bare loop over the same records, in turns. Both write what they read, so that they ask the
 * same of the store: another key means another order of writes, and nested records cost it more. What the new shape takes is shown too.
 */
export async function batch({ records, rounds = 3 }: BatchBenchOptions = {}): Promise<Row[]> {
  const bed = await openBed();
  try {
    await bed.createTable('cities', 'cities');
    const deadline = bed.deps.clock.now() + 600_000;
    const count = await loadCities(bed.deps.tables, {
      table: 'cities',
      deadline,
      ...(records === undefined ? {} : { limit: records }),
    });
    const heap = new HeapWatch(count);
    await bed.createTable('new-places', 'places');
    const reshaped = await migrate(bed, { table: 'new-places', transform: (city) => heap.seen(toPlace(city)) });
    const bare: number[] = [];
    const ours: Migrated[] = [];
    for (let turn = 0; turn < rounds; turn += 1) {
      const loop = async () => {
        await bed.createTable(`copies-${turn}`, 'cities');
        bare.push(count / (await timed(() => bareLoop(bed.client, 'cities', `copies-${turn}`, SEGMENTS))));
      };
      const migration = async () => {
        await bed.createTable(`migrated-${turn}`, 'cities');
        ours.push(await migrate(bed, { table: `migrated-${turn}`, transform: (city) => city }));
      };
      // The store gets slower as it fills, so they take turns in going first.
      for (const next of turn % 2 === 0 ? [loop, migration] : [migration, loop]) await next();
    }
    const full = await migrate(bed, { table: 'new-places', transform: (city) => ({ ...toPlace(city), version: 2 }) });
    await bed.createTable('places-live', 'places');
    const live = await migrate(bed, { table: 'places-live', live: true });
    return rowsOf({ bare, ours, reshaped, full, live, heap });
  } finally {
    await bed.close();
  }
}

interface Migrated {
  readonly rate: number;
  readonly checkpointsPerRecord: number;
  readonly verifyRate: number;
}

interface Results {
  readonly bare: readonly number[];
  readonly ours: readonly Migrated[];
  readonly reshaped: Migrated;
  readonly full: Migrated;
  readonly live: Migrated;
  readonly heap: HeapWatch;
}

function rowsOf({ bare, ours, reshaped, full, live, heap }: Results): Row[] {
  const rate = median(ours.map((one) => one.rate));
  const ratio = median(ours.map((one, turn) => one.rate / (bare[turn] ?? Number.NaN)));
  const checkpoints = Math.max(...ours.map((one) => one.checkpointsPerRecord));
  const growth = heap.growth / MB;
  const figure = (name: string, value: number, unit: string): Row => ({
    name,
    value: Math.round(value),
    unit,
    goal: null,
    met: null,
  });
  return [
    figure('bare loop, into an empty target', median(bare), 'records/s'),
    figure('migration, into an empty target', rate, 'records/s'),
    { name: 'migration against bare loop', value: round(ratio, 3), unit: 'ratio', goal: '>= 0.9', met: ratio >= 0.9 },
    figure('migration into the new shape, empty target', reshaped.rate, 'records/s'),
    figure('migration into the new shape, full target', full.rate, 'records/s'),
    figure('migration into the new shape, live target', live.rate, 'records/s'),
    figure('verification', median(ours.map((one) => one.verifyRate)), 'records/s'),
    {
      name: 'checkpoint writes a record',
      value: round(checkpoints, 5),
      unit: 'writes',
      goal: '<= 0.01',
      met: checkpoints <= 0.01,
    },
    {
      name: 'heap after all records against after 10 %',
      value: round(growth, 1),
      unit: 'MB',
      goal: '<= 20',
      met: growth <= 20,
    },
  ];
}

interface Migration {
  readonly table: string;
  readonly transform?: Transform;
  readonly live?: boolean;
}

async function migrate(bed: BatchBed, { table, transform = toPlace, live = false }: Migration): Promise<Migrated> {
  const { deps } = bed;
  const job = jobOf(deps.ids.next(), table, transform, live);
  await untilDone(deps.clock.now, () => prepareBatch(deps, job, sliceOf(bed)));
  const seconds = await timed(() =>
    Promise.all(
      Array.from({ length: SEGMENTS }, (_, segment) =>
        untilDone(deps.clock.now, () => workSegment(deps, job, segment, sliceOf(bed))),
      ),
    ),
  );
  const totals = totalsOf(await readSegments(deps, job, SEGMENTS));
  const verifying = await timed(() => untilDone(deps.clock.now, () => verifyBatch(deps, job, sliceOf(bed))));
  const { read } = totals.records;
  return { rate: read / seconds, checkpointsPerRecord: totals.writes.checkpoints / read, verifyRate: read / verifying };
}

function jobOf(runId: string, table: string, transform: Transform, live: boolean): BatchJob {
  const component = componentSchema.parse({
    name: 'places',
    kind: 'batch',
    from: { table: 'cities' },
    to: { table },
    transform: { run: './transform.ts#toPlace' },
    target: live ? 'live' : 'quiescent',
    segments: SEGMENTS,
  });
  if (component.kind !== 'batch') throw new Error('The component is no batch.');
  const retry = { attempts: 3, maxDelays: [2000, 4000, 8000], circuit: { failures: 5, openFor: 30_000 } };
  return { writer: { runId, epoch: 1 }, component, environment: 'bench', transform: inProcess(transform), retry };
}

const sliceOf = ({ deps }: BatchBed): Slice => ({ invocation: deps.ids.next(), until: deps.clock.now() + SLICE_MS });

/** Throws where a call ends in anything but `done`: a rate of what was not done means nothing. */
async function untilDone(now: () => number, call: () => Promise<{ readonly outcome: string }>): Promise<void> {
  const started = now();
  for (let answer = await call(); answer.outcome !== 'done'; answer = await call()) {
    if (answer.outcome !== 'more') throw new Error(`Ended after ${now() - started} ms: ${JSON.stringify(answer)}`);
  }
}

/** Seconds. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** The heap, swept, after 10 % of the records and after all of them. */
class HeapWatch {
  readonly #records: number;
  readonly #collect: () => void;
  #seen = 0;
  #early = 0;
  #late = 0;

  constructor(records: number) {
    this.#records = records;
    setFlagsFromString('--expose-gc');
    this.#collect = runInNewContext('gc') as () => void;
  }

  /** Gives back what it is given, so that it fits into a transform. */
  seen<T>(value: T): T {
    this.#seen += 1;
    if (this.#seen === Math.ceil(this.#records / 10)) this.#early = this.#used();
    if (this.#seen === this.#records) this.#late = this.#used();
    return value;
  }

  get growth(): number {
    return Math.max(0, this.#late - this.#early);
  }

  #used(): number {
    this.#collect();
    return process.memoryUsage().heapUsed;
  }
}
