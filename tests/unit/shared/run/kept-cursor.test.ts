import { describe, expect, it } from 'vitest';
import { LONGEST_CURSOR, type Told } from '../../../../shared/run/event-cursor.ts';
import { keptCursorOf, keptToldIn } from '../../../../shared/run/kept-cursor.ts';
import { runBed } from './run-bed.ts';

const DAY_MS = 24 * 3600 * 1000;
const segments = (count: number): Told =>
  new Map(
    Array.from({ length: count }, (_, at) => [
      `SEGMENT#copy-${at % 200}#${String(Math.floor(at / 200)).padStart(4, '0')}`,
      1 + ((at * 7919) % 997),
    ]),
  );

describe('a cursor of a run', () => {
  it.each([1, 500, 5000, 50_000])('of %i segments fits into a URL and holds what was told of each', async (count) => {
    const { deps } = runBed();
    const cursor = await keptCursorOf(deps, 'r1', segments(count), undefined);
    expect(cursor.length).toBeLessThanOrEqual(LONGEST_CURSOR);
    expect(await keptToldIn(deps, 'r1', cursor)).toEqual(segments(count));
  });

  it('is kept only where it is too long, and is the same for the same, which costs no write', async () => {
    const { deps, store } = runBed();
    await keptCursorOf(deps, 'r1', segments(100), undefined);
    expect(store.sent).toEqual([]);
    const cursor = await keptCursorOf(deps, 'r1', segments(5000), undefined);
    expect(await keptCursorOf(deps, 'r1', segments(5000), cursor)).toBe(cursor);
    await keptToldIn(deps, 'r1', cursor);
    expect(store.sent).toHaveLength(1);
    expect(await keptCursorOf(deps, 'r1', segments(5001), cursor)).not.toBe(cursor);
  });

  it('is there for as long as somebody asks with it', async () => {
    const { deps, store, clock } = runBed();
    const cursor = await keptCursorOf(deps, 'r1', segments(5000), undefined);
    const expiry = async () => Number((await store.read({ pk: 'CURSOR#r1', sk: cursor.slice(1) }))?.['expiresAt']) * 1000;
    expect(await expiry()).toBe(clock.now() + DAY_MS);
    await clock.advanceTo(clock.now() + 0.6 * DAY_MS);
    await keptToldIn(deps, 'r1', cursor);
    expect(await expiry()).toBe(clock.now() + DAY_MS);
  });

  it('is that of its run alone, and refused where it is gone', async () => {
    const { deps } = runBed();
    const cursor = await keptCursorOf(deps, 'r1', segments(5000), undefined);
    for (const [run, asked] of [
      ['r2', cursor],
      ['r1', '~nothing'],
      ['r1', '~'],
    ] as const)
      await expect(keptToldIn(deps, run, asked)).rejects.toMatchObject({ code: 'CURSOR_UNKNOWN' });
  });
});
