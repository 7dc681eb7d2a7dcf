import { StoreRejectedError, StoreThrottledError } from '../errors/store-errors.ts';
import type { Failure, Produced } from './apply-transform.ts';
import type { BatchDeps, BatchPoint } from './batch-job.ts';

export interface Refusal {
  readonly row: Produced;
  readonly error: string;
}

export const refusal = ({ row, error }: Refusal): Failure => ({ key: row.from, error, hash: row.hash });

export interface WriteResult {
  readonly put: readonly Produced[];
  readonly refused: readonly Refusal[];
  /** The application came first (`target: live`). */
  readonly kept: readonly Produced[];
  readonly throttled: boolean;
}

/** So many refusals without one success are no matter of single records (no permission, another key type). */
const ALL_REFUSED = 25;
/** Conditional writes side by side in a live target. */
const LANES = 8;
/** A request leaves only if it ends before the deadline, and none takes longer than this, ms. */
const LONGEST_REQUEST_MS = 6000;

/** Puts records in bulk. What the store refuses is found by halving. Throws StoreThrottledError where time ran out. */
export async function writeBulk(
  deps: BatchDeps,
  point: BatchPoint,
  rows: readonly Produced[],
  deadline: number,
): Promise<WriteResult> {
  const put: Produced[] = [];
  const refused: Refusal[] = [];
  let throttled = false;
  const halves: (readonly Produced[])[] = rows.length === 0 ? [] : [rows];
  for (let part = halves.pop(); part !== undefined; part = halves.pop()) {
    try {
      const result = await deps.tables.write(point.target.table, { put: part.map(({ record }) => record), deadline });
      throttled ||= result.throttled;
      if (result.unprocessed > 0) throw outOfTime(point, result.unprocessed);
      put.push(...part);
    } catch (error) {
      if (!(error instanceof StoreRejectedError)) throw error;
      const [first] = part;
      if (part.length === 1 && first) refused.push({ row: first, error: error.message });
      else halves.push(part.slice(part.length / 2), part.slice(0, part.length / 2));
      if (put.length === 0 && refused.length >= ALL_REFUSED) throw error;
    }
  }
  return { put, refused, kept: [], throttled };
}

/** Puts each record only where there is none. Throws StoreThrottledError where time ran out. */
export async function writeAbsent(
  deps: BatchDeps,
  point: BatchPoint,
  rows: readonly Produced[],
  deadline: number,
): Promise<WriteResult> {
  const result = { put: [] as Produced[], refused: [] as Refusal[], kept: [] as Produced[], throttled: false };
  await inLanes(deps, point, rows, deadline, async (row) => {
    try {
      const { key, record } = row;
      result[(await deps.tables.writeIf(point.target.table, key, record, { absent: true })) ? 'put' : 'kept'].push(row);
    } catch (error) {
      if (!(error instanceof StoreRejectedError)) throw error;
      result.refused.push({ row, error: error.message });
      if (result.put.length === 0 && result.refused.length >= ALL_REFUSED) throw error;
    }
  });
  return result;
}

/** Sends one request after another in a few lanes. Every one has settled when it returns or throws. */
export async function inLanes<T>(
  deps: BatchDeps,
  point: BatchPoint,
  rows: readonly T[],
  deadline: number,
  send: (row: T) => Promise<void>,
): Promise<void> {
  const left = rows.values();
  const errors: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (const row of left) {
      if (errors.length > 0) return;
      try {
        if (deps.clock.now() + LONGEST_REQUEST_MS > deadline) throw outOfTime(point, rows.length);
        await send(row);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (errors.length > 0) throw errors[0];
}

export const outOfTime = (point: BatchPoint, records: number): StoreThrottledError =>
  new StoreThrottledError(`${point.target.table} did not take ${records} records in time.`, {
    next: 'It is tried again with smaller batches; raise the capacity of the table where that does not help.',
  });
