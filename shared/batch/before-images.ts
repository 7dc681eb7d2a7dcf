import type { DataRecord } from '../ports/tables.ts';
import type { Produced } from './apply-transform.ts';
import type { BatchDeps, BatchPoint } from './batch-job.ts';
import { recordHash } from './checksum.ts';
import type { ManifestRow } from './manifest.ts';
import { readFound } from './read-found.ts';

/** What is to be done with the records of a batch, decided on what the target holds under their keys. */
export interface WritePlan {
  readonly put: readonly Produced[];
  /** Already there, as announced by an attempt that never reached its checkpoint, or as the target was before. */
  readonly there: readonly Produced[];
  /** Left to the application. */
  readonly kept: readonly Produced[];
  /** The rows that are yet to be announced. */
  readonly announce: readonly ManifestRow[];
  /** What the target held, by the text of the key; absent: nothing. */
  readonly before: ReadonlyMap<string, DataRecord>;
}

/** Decides what to put. An empty quiescent target needs no look at all, since nothing can be overwritten. */
export async function planWrites(
  deps: BatchDeps,
  point: BatchPoint,
  produced: readonly Produced[],
  announced: ReadonlyMap<string, ManifestRow>,
): Promise<WritePlan> {
  // Two records of one batch under one key: the last one stands, and verification tells of both.
  const unique = [...new Map(produced.map((one) => [one.keyText, one])).values()];
  const blind = point.before.count === 0 && !point.live;
  const found = blind
    ? new Map<string, DataRecord>()
    : await readFound(
        deps,
        point.target,
        unique.map(({ key }) => key),
      );
  const before = new Map<string, DataRecord>();
  const plan = { put: [] as Produced[], there: [] as Produced[], kept: [] as Produced[], announce: [] as ManifestRow[], before };
  for (const one of unique) {
    const known = announced.get(one.keyText);
    const now = found.get(one.keyText);
    const earliest = known ? known.before : now;
    if (earliest !== undefined) before.set(one.keyText, earliest);
    const fate = point.live ? fateLive(one, known, now) : fateQuiescent(one, known, now);
    plan[fate].push(one);
    if (fate === 'put' && known?.hash !== one.hash) plan.announce.push(rowOf(one, earliest));
  }
  return plan;
}

const fateQuiescent = (one: Produced, known: ManifestRow | undefined, now: DataRecord | undefined): 'put' | 'there' =>
  known === undefined && now !== undefined && recordHash(now) === one.hash ? 'there' : 'put';

/** In a live target whatever this run did not write is the application's, and newer than a copy of the old. */
function fateLive(one: Produced, known: ManifestRow | undefined, now: DataRecord | undefined): 'put' | 'there' | 'kept' {
  if (now === undefined) return 'put';
  return known !== undefined && recordHash(now) === known.hash && known.hash === one.hash ? 'there' : 'kept';
}

const rowOf = ({ key, hash }: Produced, before: DataRecord | undefined): ManifestRow =>
  before === undefined ? { key, hash } : { key, hash, before };
