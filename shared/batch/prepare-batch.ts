import { PreparationError } from '../errors/run-errors.ts';
import type { Value } from '../ports/store.ts';
import type { DataRecord, TableShape } from '../ports/tables.ts';
import { componentKey } from '../run/keys.ts';
import type { Slice } from '../run/steps.ts';
import { changeWork, loadWork, openWork, settleWork, type Work } from '../run/work-access.ts';
import { applyTransform, failed, type KeyNames } from './apply-transform.ts';
import type { BatchDeps, BatchJob, BatchPoint } from './batch-job.ts';
import { Checksum, checksumText, NO_RECORDS, recordHash } from './checksum.ts';
import { keyText } from './record-key.ts';
import { FIRST_SWEEP, lanesOf, type SweepState, sweep, sweepState, swept } from './sweep.ts';

export type PrepareOutcome = { readonly outcome: 'done'; readonly segments: number } | { readonly outcome: 'more' };

/** Records that the transform is tried on twice. */
const DETERMINISM_SAMPLE = 50;

/**
 * Creates the component with its rollback point: the keys of both tables and the checksum of the target as it is. Throws
 * PreparationError where a table is missing or the transform is not deterministic; nothing is recorded then.
 */
export async function prepareBatch(deps: BatchDeps, job: BatchJob, slice: Slice): Promise<PrepareOutcome> {
  const found = await loadWork(deps, job.writer, componentKey(job.writer.runId, job.component.name));
  if (found && found.state.status !== 'open') return { outcome: 'done', segments: found.state.segments ?? 0 };
  const { source, target } = await shapesOf(deps, job);
  if (!found?.state.progress) await checkDeterminism(deps, job, { source: source.keys, target: target.keys });
  const scan = await sumTarget(deps, job, found, slice);
  if (!scan.done) {
    await settleWork(deps, await keep(deps, job, found, { sweep: scan.state, before: scan.before }));
    return { outcome: 'more' };
  }
  const { from, to, target: mode, segments } = job.component;
  const rollbackPoint: BatchPoint = {
    source: { table: from.table, keys: [...source.keys] },
    target: { table: to.table, keys: [...target.keys] },
    before: scan.before,
    live: mode === 'live',
    approximateRecords: source.approximateRecords,
  };
  const prepared = await openWork(
    deps,
    job.writer,
    componentKey(job.writer.runId, job.component.name),
    { type: 'rollbackPointCreated', data: { segments, target: to.table, before: scan.before } },
    { kind: 'batch', status: 'prepared', cursor: 0, segments, rollbackPoint, progress: {}, startedAt: deps.clock.now() },
  );
  await settleWork(deps, prepared);
  return { outcome: 'done', segments: prepared.state.segments ?? segments };
}

/** Both tables as they are. Throws PreparationError. */
export async function shapesOf(
  deps: Pick<BatchDeps, 'tables'>,
  { component }: Pick<BatchJob, 'component'>,
): Promise<{ source: TableShape; target: TableShape }> {
  const { from, to } = component;
  if (from.table === to.table) {
    throw new PreparationError(`${component.name} reads from and writes to ${to.table}`, {
      next: 'Name two tables: a table that is written while it is read has no end.',
    });
  }
  const [source, target] = await Promise.all([deps.tables.shape(from.table), deps.tables.shape(to.table)]);
  return { source: shapeOf(source, from.table), target: shapeOf(target, to.table) };
}

function shapeOf(shape: TableShape | undefined, table: string): TableShape {
  if (!shape) throw new PreparationError(`There is no table ${table}`, { next: 'Create it, or correct its name in the plan.' });
  if (shape.keys.length === 0) {
    throw new PreparationError(`The table ${table} tells of no key attributes`, { next: 'Check what kind of table it is.' });
  }
  return shape;
}

/** A transform that answers differently the second time can neither be verified nor repeated. Throws PreparationError. */
export async function checkDeterminism(deps: Pick<BatchDeps, 'tables'>, job: BatchJob, keys: KeyNames): Promise<void> {
  // Of the whole table: its first segment may hold nothing.
  const page = await deps.tables.scan(job.component.from.table, { segment: 0, segments: 1, limit: DETERMINISM_SAMPLE });
  // Copies: a transform that changes what it is given must not see its own changes.
  const first = await answersOf(job, structuredClone(page.records), keys);
  const second = await answersOf(job, structuredClone(page.records), keys);
  for (const [at, record] of page.records.entries()) {
    if (first[at] === second[at]) continue;
    throw new PreparationError(`The transform answers differently when it is called twice, for ${keyText(record, keys.source)}`, {
      next: 'Let what it returns depend on the record alone: no time, no randomness, no counters.',
    });
  }
}

async function answersOf(job: BatchJob, records: readonly DataRecord[], keys: KeyNames): Promise<string[]> {
  const answers = await applyTransform(job.transform, records, keys);
  return answers.map((made) => (failed(made) ? made.error : made.map(({ hash }) => hash).join()));
}

async function sumTarget(deps: BatchDeps, job: BatchJob, found: Work | undefined, slice: Slice) {
  const stored = found?.state.progress ?? {};
  const from = sweepState.safeParse(stored['sweep']).data ?? FIRST_SWEEP;
  const before = new Checksum(checksumText.safeParse(stored['before']).data ?? NO_RECORDS);
  const lanes = lanesOf(job.component.to.table, job.component.segments);
  const state = await sweep(
    deps.tables,
    lanes,
    from,
    (records) => {
      for (const record of records) before.add(recordHash(record));
    },
    { goOn: () => deps.clock.now() < slice.until - SETTLE_MS },
  );
  return { state, before: before.text, done: swept(state, lanes) };
}

/** What the last page and the write that keeps its sums may take, ms. */
export const SETTLE_MS = 5000;

/** The component stays `open`: nothing is prepared yet. */
async function keep(
  deps: BatchDeps,
  job: BatchJob,
  found: Work | undefined,
  progress: { readonly sweep: SweepState; readonly before: Value },
): Promise<Work> {
  const draft = { type: 'checkpointCreated', data: { preparing: true } } as const;
  const set = { status: 'open', kind: 'batch', progress: progress as unknown as Value };
  if (found) return changeWork(deps, found, draft, { set });
  return openWork(deps, job.writer, componentKey(job.writer.runId, job.component.name), draft, set);
}
