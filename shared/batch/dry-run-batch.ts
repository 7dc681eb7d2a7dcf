import { isDeepStrictEqual } from 'node:util';
import type { Value } from '../ports/store.ts';
import type { DataRecord } from '../ports/tables.ts';
import { applyTransform, type Failure, failed, type Produced } from './apply-transform.ts';
import type { BatchDeps, BatchJob } from './batch-job.ts';
import { readable } from './field-differences.ts';
import { checkDeterminism, shapesOf } from './prepare-batch.ts';
import { readFound } from './read-found.ts';
import { FIRST_SWEEP, lanesOf, sweep, swept } from './sweep.ts';

export interface DryRunOptions {
  /** Records to read, about; all where absent. */
  readonly limit?: number;
  /** Epoch ms at which it answers with what it has read so far. */
  readonly until: number;
  /** What the store takes, as measured by an earlier run; an assumption where absent. */
  readonly recordsPerSecond?: number;
}

/** What became of one attribute. `example`: of one record, both sides; an absent side is left out. */
interface FieldChange {
  readonly change: 'added' | 'removed' | 'changed';
  readonly field: string;
  readonly records: number;
  readonly example: { readonly key: DataRecord; readonly before?: Value; readonly after?: Value };
}

export interface DryRunReport {
  readonly read: number;
  /** Everything was read. */
  readonly complete: boolean;
  readonly produced: number;
  readonly failed: number;
  /** Some of them. */
  readonly failures: readonly Failure[];
  /** So many may stay in quarantine. */
  readonly tolerated: boolean;
  /** Of the records read, how many keys the target holds already with another content, or the same. */
  readonly overwrites: number;
  readonly unchanged: number;
  readonly fields: readonly FieldChange[];
  /** For the whole table. `assumed`: the rate that the estimate rests on was not measured. */
  readonly estimate: {
    readonly records: number;
    readonly seconds: number;
    readonly writes: { readonly data: number; readonly checkpoints: number; readonly events: number };
    readonly recordsPerSecond: number;
    readonly assumed: boolean;
  };
}

/** What one segment took in measurements of the embedded store, records a second. */
const ASSUMED_RATE = 1200;
/** What a new on-demand table takes at first, and about what the embedded store does, however many segments there are. */
const MOST_ASSUMED = 4000;
const MOST_FAILURES = 100;
/** An attribute beyond these is counted with the others, so that records with names as data do not fill the memory. */
const MOST_FIELDS = 500;

/** Reads and transforms, and writes nothing anywhere. Throws PreparationError as the run itself would. */
export async function dryRunBatch(
  deps: Pick<BatchDeps, 'tables' | 'clock'>,
  job: BatchJob,
  options: DryRunOptions,
): Promise<DryRunReport> {
  const { source, target } = await shapesOf(deps, job);
  const keys = { source: source.keys, target: target.keys };
  await checkDeterminism(deps, job, keys);
  const { component } = job;
  const count = { read: 0, produced: 0, failed: 0, overwrites: 0, unchanged: 0 };
  const failures: Failure[] = [];
  const fields = new Map<string, FieldChange>();
  const lanes = lanesOf(component.from.table, component.segments);
  const goOn = () => count.read < (options.limit ?? Number.POSITIVE_INFINITY) && deps.clock.now() < options.until;
  const visit = async (records: readonly DataRecord[]): Promise<void> => {
    count.read += records.length;
    const made: Produced[] = [];
    const results = await applyTransform(job.transform, records, keys);
    for (const [at, record] of records.entries()) {
      const result = results[at] ?? [];
      if (failed(result)) {
        count.failed += 1;
        if (failures.length < MOST_FAILURES) failures.push(result);
        continue;
      }
      made.push(...result);
      for (const { record: after } of result) noteChanges(fields, record, after, result[0]?.from ?? {});
    }
    count.produced += made.length;
    const into = { table: component.to.table, keys: target.keys };
    const found = await readFound(
      deps,
      into,
      made.map(({ key }) => key),
    );
    for (const one of made) {
      const now = found.get(one.keyText);
      if (now) count[isDeepStrictEqual(now, one.record) ? 'unchanged' : 'overwrites'] += 1;
    }
  };
  const page = Math.min(1000, Math.max(1, Math.ceil((options.limit ?? Number.POSITIVE_INFINITY) / component.segments)));
  const state = await sweep(deps.tables, lanes, FIRST_SWEEP, visit, { goOn, page });
  const complete = swept(state, lanes);
  const records = complete ? count.read : Math.max(source.approximateRecords, count.read);
  const tolerated = count.failed <= component.tolerate * count.read;
  return { ...count, complete, failures, tolerated, fields: sorted(fields), estimate: estimateOf(job, records, count, options) };
}

function estimateOf(
  { component }: BatchJob,
  records: number,
  { read, produced }: { readonly read: number; readonly produced: number },
  { recordsPerSecond }: DryRunOptions,
): DryRunReport['estimate'] {
  const data = read === 0 ? records : Math.round((records * produced) / read);
  const rate = recordsPerSecond ?? Math.min(MOST_ASSUMED, ASSUMED_RATE * component.segments);
  const seconds = Math.ceil(data / rate);
  const byTime = Math.ceil((seconds * 1000) / component.checkpoint.every);
  const bySegment = Math.max(Math.ceil(records / component.segments / component.checkpoint.records), byTime);
  // The first intent and the last checkpoint of each segment, and the component with its verification.
  const checkpoints = component.segments * (bySegment + 1) + 3;
  const writes = { data, checkpoints, events: checkpoints };
  return { records, seconds, writes, recordsPerSecond: rate, assumed: recordsPerSecond === undefined };
}

function noteChanges(fields: Map<string, FieldChange>, before: DataRecord, after: DataRecord, key: DataRecord): void {
  for (const field in after) {
    if (before[field] === undefined) note(fields, 'added', field, key, { after: after[field] ?? null });
    else if (!isDeepStrictEqual(before[field], after[field]))
      note(fields, 'changed', field, key, { before: before[field] ?? null, after: after[field] ?? null });
  }
  for (const field in before) {
    if (after[field] === undefined) note(fields, 'removed', field, key, { before: before[field] ?? null });
  }
}

function note(
  fields: Map<string, FieldChange>,
  change: FieldChange['change'],
  name: string,
  key: DataRecord,
  sides: { readonly before?: Value; readonly after?: Value },
): void {
  const field = fields.size < MOST_FIELDS || fields.has(`${change} ${name}`) ? name : '(others)';
  const known = fields.get(`${change} ${field}`);
  const example = () => ({ key, ...Object.fromEntries(Object.entries(sides).map(([side, value]) => [side, readable(value)])) });
  fields.set(
    `${change} ${field}`,
    known ? { ...known, records: known.records + 1 } : { change, field, records: 1, example: example() },
  );
}

const sorted = (fields: ReadonlyMap<string, FieldChange>): FieldChange[] =>
  [...fields.values()].sort((a, b) => b.records - a.records || (a.field < b.field ? -1 : 1));
