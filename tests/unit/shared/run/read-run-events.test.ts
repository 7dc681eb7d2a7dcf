import { describe, expect, it } from 'vitest';
import { create as getRunEvents } from '../../../../functions/get-run-events/index.ts';
import { readTimeline } from '../../../../functions/timeline.ts';
import type { WriteResult } from '../../../../shared/ports/store.ts';
import { componentKey, eventKey } from '../../../../shared/run/keys.ts';
import { readRunEvents } from '../../../../shared/run/read-run-events.ts';
import { changeWork } from '../../../../shared/run/work-access.ts';
import { ask } from '../../functions/api-bed.ts';
import { memoryDeps } from '../../functions/memory-deps.ts';
import { type RunBed, runBed } from './run-bed.ts';

const COMPONENTS = ['one', 'two'].map((name) => ({ name, kind: 'task', phase: 'p' }));
const NOTHING = { set: {} };

const named = ({ item, rev }: { item: string; rev: number }) => `${item} ${rev}`;
const stepped = (bed: RunBed, work: Awaited<ReturnType<RunBed['open']>>, step: number) =>
  changeWork(bed.deps, work, { type: 'checkpointCreated', data: { step } }, NOTHING);

async function readerOf(bed: RunBed, runId: string) {
  let since: string | undefined;
  return async (limit = 100) => {
    // As another invocation reads.
    const page = await readRunEvents({ ...bed.deps }, runId, { since, limit });
    since = page.cursor;
    return { names: page.events.map(named), more: page.more };
  };
}

describe('the events of a run since a cursor', () => {
  it('are all of them at first, then those that came since', async () => {
    const bed = runBed();
    const run = await bed.admitted({ components: COMPONENTS });
    const read = await readerOf(bed, run.id);
    expect((await read()).names).toEqual(['RUN 1', 'RUN 2']);
    expect(await read()).toEqual({ names: [], more: false });
    const work = await bed.open(run, 'one');
    await stepped(bed, await stepped(bed, work, 0), 1);
    expect((await read()).names).toEqual(['COMPONENT#one 1', 'COMPONENT#one 2', 'COMPONENT#one 3']);
    expect((await read()).names).toEqual([]);
  });

  it('come page by page, each once', async () => {
    const bed = runBed();
    const run = await bed.admitted({ components: COMPONENTS });
    let one = await bed.open(run, 'one');
    let two = await bed.open(run, 'two');
    for (let step = 0; step < 7; step += 1) {
      one = await stepped(bed, one, step);
      two = await stepped(bed, two, step);
    }
    const read = await readerOf(bed, run.id);
    const told: string[] = [];
    for (let more = true; more; ) {
      const page = await read(3);
      expect(page.names.length).toBeLessThanOrEqual(3);
      told.push(...page.names);
      ({ more } = page);
    }
    expect(new Set(told).size).toBe(told.length);
    expect(told).toHaveLength(2 + 2 * 8);
  });

  it('are not lost behind a cursor where the write of one is slow', async () => {
    const bed = runBed();
    const run = await bed.admitted({ components: COMPONENTS });
    const [one, two] = [await bed.open(run, 'one'), await bed.open(run, 'two')];
    const read = await readerOf(bed, run.id);
    const timeline = await readTimeline(memoryDeps({ store: bed.store }), run.id, 100, undefined);
    await read();
    // Stamped, sent, and not there yet: the request takes its time.
    const held = Promise.withResolvers<void>();
    bed.store.meetOnce('item.transition', async (send): Promise<WriteResult> => {
      await held.promise;
      return send();
    });
    const slow = stepped(bed, one, 0);
    await bed.clock.advanceTo(bed.clock.now() + 4000);
    await stepped(bed, two, 0);
    expect((await read()).names).toEqual(['COMPONENT#two 2']);
    const between = await readTimeline(memoryDeps({ store: bed.store }), run.id, 100, timeline.cursor);
    expect(between.events.map(named)).toEqual(['COMPONENT#two 2']);
    held.resolve();
    await slow;
    expect((await read()).names).toEqual(['COMPONENT#one 2']);
    const after = await readTimeline(memoryDeps({ store: bed.store }), run.id, 100, between.cursor);
    expect(after.events.map(named)).toEqual(['COMPONENT#one 2']);
    expect(after.events[0]?.at).toBeLessThan(between.events[0]?.at ?? 0);
  });

  it('tell of an event whose writer died before it put it into the timeline, and put it there', async () => {
    const bed = runBed();
    const run = await bed.admitted({ components: COMPONENTS });
    const work = await bed.open(run, 'one');
    const key = componentKey(run.id, 'one');
    const read = await readerOf(bed, run.id);
    await read();
    bed.store.meetOnce('event.put', () => Promise.reject(new Error('the process died')));
    await stepped(bed, work, 0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await bed.store.read(eventKey(key, 2))).toBeUndefined();
    expect((await read()).names).toEqual(['COMPONENT#one 2']);
    expect(await bed.store.read(eventKey(key, 2))).toMatchObject({ type: 'checkpointCreated' });
  });

  it('are asked for by two queries of the parts alone where there are none, and answered by 304', async () => {
    const bed = runBed();
    const run = await bed.admitted({ components: COMPONENTS });
    await bed.open(run, 'one');
    const lists: unknown[] = [];
    const store = {
      read: bed.store.read.bind(bed.store),
      list: (...asked: Parameters<typeof bed.store.list>) => {
        lists.push(asked[1]);
        return bed.store.list(...asked);
      },
    };
    const deps = memoryDeps({ store });
    const call = (since: string, headers = {}) => ask(getRunEvents, deps, { path: { runId: run.id }, query: { since }, headers });
    const all = await readRunEvents(bed.deps, run.id, { limit: 100 });
    const first = await call(all.cursor);
    expect(first).toMatchObject({ status: 200, body: { events: [], cursor: all.cursor, more: false } });
    expect(lists).toEqual([{ before: 'EVENT#' }, { from: 'EVENT$' }]);
    const second = await call(all.cursor, { 'if-none-match': first.headers['etag'] ?? '' });
    expect(second.status).toBe(304);
    expect(await call('no-cursor')).toMatchObject({ status: 422, body: { code: 'CURSOR_UNKNOWN' } });
  });
});
