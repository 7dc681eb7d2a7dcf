import { StoreRejectedError } from '../errors/store-errors.ts';
import type { Value } from '../ports/store.ts';
import type { BatchDeps } from './batch-job.ts';

/** Keeps rows as one write-once object of JSON lines. A name belongs to one attempt, so finding it taken means an answer was lost. */
export async function putLines(deps: Pick<BatchDeps, 'artefacts'>, key: string, rows: readonly object[]): Promise<void> {
  const text = rows.map((row) => JSON.stringify(row)).join('\n');
  await deps.artefacts.putOnce(key, new TextEncoder().encode(text));
}

/** Throws StoreRejectedError where the object is gone or damaged: what it held cannot be put back any more. */
export async function getLines(deps: Pick<BatchDeps, 'artefacts'>, key: string): Promise<readonly { [name: string]: Value }[]> {
  const body = await deps.artefacts.get(key);
  if (body === undefined) {
    throw new StoreRejectedError(`The artefact ${key} is gone.`, { next: RESTORE });
  }
  const text = new TextDecoder().decode(body);
  try {
    return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as { [name: string]: Value });
  } catch (cause) {
    throw new StoreRejectedError(`The artefact ${key} is damaged.`, { next: RESTORE, cause });
  }
}

const RESTORE = 'Restore it from a backup of the artefacts.';
