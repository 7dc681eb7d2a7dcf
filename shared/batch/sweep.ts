import * as z from 'zod';
import type { DataRecord, Tables } from '../ports/tables.ts';

/** One segment of one table, to be read to its end. */
export interface Lane {
  readonly table: string;
  readonly segment: number;
  readonly segments: number;
}

/** How far a sweep has come: the lanes that are under way, and the first that has not started. */
export const sweepState = z.object({
  next: z.number(),
  open: z.array(z.object({ lane: z.number(), cursor: z.string().optional() })),
});
export type SweepState = z.output<typeof sweepState>;

export const FIRST_SWEEP: SweepState = { next: 0, open: [] };

export interface SweepLimits {
  /** Goes on? Asked before each page. */
  readonly goOn: () => boolean;
  readonly page?: number;
}

/** Lanes that are read side by side; it bounds what a stored state holds. */
const LANES = 8;
const PAGE = 1000;

export const lanesOf = (table: string, segments: number): Lane[] =>
  Array.from({ length: segments }, (_, segment) => ({ table, segment, segments }));

export const swept = (state: SweepState, lanes: readonly Lane[]): boolean =>
  state.next >= lanes.length && state.open.length === 0;

/**
 * Reads every lane once, page by page, several side by side, until all are read or `goOn` says no. Each page is given to `visit`
 * exactly once before the state counts it; every request has settled when it returns or throws.
 */
export async function sweep(
  tables: Pick<Tables, 'scan'>,
  lanes: readonly Lane[],
  from: SweepState,
  visit: (records: readonly DataRecord[], lane: number) => Promise<void> | void,
  { goOn, page = PAGE }: SweepLimits,
): Promise<SweepState> {
  const waiting = [...from.open];
  const left: SweepState['open'] = [];
  let next = from.next;
  let failure: { readonly error: unknown } | undefined;
  const take = () => waiting.shift() ?? (next < lanes.length ? { lane: next++ } : undefined);

  const work = async (): Promise<void> => {
    for (let at = failure ? undefined : take(); at !== undefined; at = failure ? undefined : take()) {
      const lane = lanes[at.lane];
      let cursor: string | undefined = 'cursor' in at ? at.cursor : undefined;
      for (let ended = lane === undefined; !ended && lane; ) {
        if (failure || !goOn()) {
          left.push({ lane: at.lane, ...(cursor === undefined ? {} : { cursor }) });
          return;
        }
        const read = await tables.scan(lane.table, {
          segment: lane.segment,
          segments: lane.segments,
          limit: page,
          consistent: true,
          ...(cursor === undefined ? {} : { cursor }),
        });
        await visit(read.records, at.lane);
        cursor = read.cursor;
        ended = cursor === undefined;
      }
    }
  };
  const guarded = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failure ??= { error };
    }
  };
  await Promise.all(Array.from({ length: LANES }, guarded));
  if (failure) throw failure.error;
  return { next, open: [...left, ...waiting] };
}
