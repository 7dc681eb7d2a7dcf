import type { DataRecord } from '../ports/tables.ts';
import { artefactFolder, attemptOf, type BatchDeps, type BatchJob } from './batch-job.ts';
import { getLines, putLines } from './json-lines.ts';
import { keyText } from './record-key.ts';

/** One write as it was announced before it was made: what is put under a key, and what the target held there (absent: nothing). */
export interface ManifestRow {
  readonly key: DataRecord;
  /** Of the record that is put. */
  readonly hash: string;
  readonly before?: DataRecord;
}

export async function putManifest(
  deps: BatchDeps,
  job: BatchJob,
  segment: number,
  name: string,
  rows: readonly ManifestRow[],
): Promise<void> {
  if (rows.length > 0) await putLines(deps, artefactFolder(job, 'manifest', segment) + name, rows);
}

/** The names of a segment's manifests, in the order in which they were written. */
export async function listManifests(deps: BatchDeps, job: BatchJob, segment: number): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const name of deps.artefacts.list(artefactFolder(job, 'manifest', segment))) names.push(name);
  return names;
}

export const readManifest = async (deps: BatchDeps, key: string): Promise<readonly ManifestRow[]> =>
  (await getLines(deps, key)) as unknown as readonly ManifestRow[];

/**
 * What attempts that never reached their checkpoint announced, by key. They may have written it, so what the target holds there
 * now is no pre-image: the earliest one is.
 */
export async function readAnnounced(
  deps: BatchDeps,
  job: BatchJob,
  segment: number,
  attempts: readonly string[],
  keys: readonly string[],
): Promise<Map<string, ManifestRow>> {
  const announced = new Map<string, ManifestRow>();
  if (attempts.length === 0) return announced;
  for (const path of await listManifests(deps, job, segment)) {
    if (!attempts.includes(attemptOf(path))) continue;
    for (const row of await readManifest(deps, path)) {
      const text = keyText(row.key, keys);
      const known = announced.get(text);
      const { before, ...rest } = known ?? row;
      announced.set(text, { ...rest, hash: row.hash, ...(before === undefined ? {} : { before }) });
    }
  }
  return announced;
}
