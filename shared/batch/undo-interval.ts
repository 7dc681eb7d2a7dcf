import type { DataRecord } from '../ports/tables.ts';
import type { Intent } from '../run/work-state.ts';
import { artefactFolder, type BatchDeps, type BatchJob, type BatchPoint, objectName } from './batch-job.ts';
import { Checksum, recordHash } from './checksum.ts';
import { putLines } from './json-lines.ts';
import { type ManifestRow, readManifest } from './manifest.ts';
import { readFound } from './read-found.ts';
import { keyText } from './record-key.ts';
import type { UndoProgress } from './segment-progress.ts';
import { inLanes, outOfTime } from './write-batch.ts';

export interface UndoContext {
  readonly deps: BatchDeps;
  readonly job: BatchJob;
  readonly point: BatchPoint;
  readonly segment: number;
}

/** A row of which the target holds something else than what this run wrote. */
interface Kept {
  readonly row: ManifestRow;
  /** Undefined: the application removed it. */
  readonly now: DataRecord | undefined;
}

/** How many keys of kept records a segment names. */
const KEPT_KEYS = 20;

/**
 * Undoes the rows of one manifest: what the target still holds as it was written goes back to what was there before; what the
 * application changed since is kept and listed. Repeatable: a row that is back already is left alone.
 */
export async function undoManifest(
  context: UndoContext,
  path: string,
  progress: UndoProgress,
  intent: Intent,
  index: number,
): Promise<UndoProgress> {
  const { deps, job, point, segment } = context;
  const rows = await readManifest(deps, path);
  const now = await readFound(
    deps,
    point.target,
    rows.map(({ key }) => key),
  );
  const back: ManifestRow[] = [];
  const kept: Kept[] = [];
  let already = 0;
  for (const row of rows) {
    const record = now.get(keyText(row.key, point.target.keys));
    const hash = record && recordHash(record);
    if (hash === (row.before && recordHash(row.before))) already += 1;
    else if (hash === row.hash) back.push(row);
    else kept.push({ row, now: record });
  }
  const raced = await putBack(context, back, now, intent.deadline);
  kept.push(...raced);
  if (kept.length > 0) {
    const lines = kept.map(({ row, now: record }) => ({ key: row.key, was: record === undefined ? 'removed' : 'changed' }));
    const name = `${progress.round}-${objectName(intent.step, intent.attempt, index)}`;
    await putLines(deps, artefactFolder(job, 'undo-kept', segment) + name, lines);
  }
  return {
    ...keeping(progress, kept),
    at: path,
    rows: progress.rows + rows.length,
    restored: progress.restored + back.length - raced.length + (intent.attempt > 1 ? already : 0),
  };
}

async function putBack(
  { deps, point }: UndoContext,
  rows: readonly ManifestRow[],
  now: ReadonlyMap<string, DataRecord>,
  deadline: number,
): Promise<Kept[]> {
  const { table, keys } = point.target;
  if (rows.length === 0) return [];
  if (!point.live) {
    const put = rows.map(({ before }) => before).filter((before) => before !== undefined);
    const remove = rows.filter(({ before }) => before === undefined).map(({ key }) => key);
    const { unprocessed } = await deps.tables.write(table, { put, remove, deadline });
    if (unprocessed > 0) throw outOfTime(point, unprocessed);
    return [];
  }
  const raced: Kept[] = [];
  await inLanes(deps, point, rows, deadline, async (row) => {
    const unchanged = now.get(keyText(row.key, keys)) ?? row.key;
    if (await deps.tables.writeIf(table, row.key, row.before, { unchanged })) return;
    const [current] = await deps.tables.get(table, [row.key]);
    raced.push({ row, now: current });
  });
  return raced;
}

/** As much of a key as a list for people has room for; DynamoDB's may have 3 KB. */
const LONGEST_KEY = 300;

function named(key: DataRecord): string {
  const text = JSON.stringify(key);
  return text.length > LONGEST_KEY ? `${text.slice(0, LONGEST_KEY)}…` : text;
}

function keeping(progress: UndoProgress, kept: readonly Kept[]): UndoProgress {
  const keptNow = new Checksum(progress.keptNow);
  const keptBefore = new Checksum(progress.keptBefore);
  for (const { row, now } of kept) {
    if (now) keptNow.add(recordHash(now));
    if (row.before) keptBefore.add(recordHash(row.before));
  }
  const keptKeys = [...progress.keptKeys, ...kept.map(({ row }) => named(row.key))].slice(0, KEPT_KEYS);
  return {
    ...progress,
    kept: progress.kept + kept.length,
    keptNow: keptNow.text,
    keptBefore: keptBefore.text,
    keptKeys,
  };
}
