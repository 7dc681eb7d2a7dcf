import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../../adapters/memory/store.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import type { Store } from '../../../../shared/ports/store.ts';
import { chainEvent, eventWrite } from '../../../../shared/run/event-chain.ts';
import { readFeed, SETTLED_MS } from '../../../../shared/run/read-feed.ts';

const START = 1_800_000_000_000;

function bed() {
  const store = new MemoryStore();
  const clock = new VirtualClock(START);
  /** Puts the event of a run, which was stamped for the feed at `stamp`. */
  const put = (name: string, stamp = clock.now(), type: 'statusChanged' | 'checkpointCreated' = 'statusChanged') => {
    const key = { pk: `RUN#${name}`, sk: 'RUN' };
    const event = chainEvent(key, { type, data: { name } }, { rev: 1, epoch: 1, at: stamp, prev: undefined });
    return store.write(eventWrite(key, event, stamp));
  };
  const poll = async (since?: string, limit = 100) => {
    const page = await readFeed({ store, clock }, { since, limit });
    return { ...page, names: page.events.map(({ runId }) => runId) };
  };
  return { store, clock, put, poll };
}

describe('the feed of all events', () => {
  it('begins now, and tells from then on each event once', async () => {
    const { clock, put, poll } = bed();
    await put('before');
    const first = await poll();
    expect(first).toMatchObject({ events: [], more: false });
    await put('one');
    await put('two');
    const second = await poll(first.cursor);
    expect(second.names).toEqual(['one', 'two']);
    expect((await poll(second.cursor)).names).toEqual([]);
    await clock.advanceTo(START + SETTLED_MS + 1);
    await put('three');
    expect((await poll(second.cursor)).names).toEqual(['three']);
  });

  it('tells what was put late, behind what was told already', async () => {
    const { clock, put, poll } = bed();
    const first = await poll();
    await clock.advanceTo(START + 9000);
    await put('quick', START + 8999);
    const second = await poll(first.cursor);
    await put('slow', START + 1000);
    const third = await poll(second.cursor);
    expect([second.names, third.names]).toEqual([['quick'], ['slow']]);
    expect((await poll(third.cursor)).names).toEqual([]);
  });

  it('keeps its cursor where nothing is new, so that the answer stays the same', async () => {
    const { clock, put, poll } = bed();
    const { cursor } = await poll();
    await put('one');
    const told = await poll(cursor);
    await clock.advanceTo(START + 2 * SETTLED_MS);
    // What it names is settled, so one cursor more has no names.
    const compact = await poll(told.cursor);
    await clock.advanceTo(START + 4 * SETTLED_MS);
    expect(await poll(compact.cursor)).toMatchObject({ events: [], cursor: compact.cursor });
    expect(compact.cursor).not.toContain('.');
  });

  it('tells nothing of the steps of the work', async () => {
    const { put, poll } = bed();
    const { cursor } = await poll();
    await put('step', START, 'checkpointCreated');
    expect((await poll(cursor)).names).toEqual([]);
  });

  it('stays where an event was put first, when a later writer puts it again', async () => {
    const { clock, put, poll } = bed();
    const { cursor } = await poll();
    await put('one');
    const told = await poll(cursor);
    await clock.advanceTo(START + 3 * SETTLED_MS);
    await put('one');
    expect((await poll(told.cursor)).names).toEqual([]);
  });

  it('tells, page by page and in any rush, every event once that the index shows in time', async () => {
    const write = fc.record({
      stamp: fc.integer({ min: 0, max: 40_000 }),
      late: fc.integer({ min: 0, max: SETTLED_MS - 1 }),
      again: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(write, { maxLength: 400 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 100, max: 9000 }),
        async (writes, limit, every) => {
          const { clock, put, poll } = bed();
          let { cursor } = await poll();
          const due = writes
            .map(({ stamp, late, again }, at) => ({ name: `r${at}`, stamp: START + stamp, shows: START + stamp + late, again }))
            .sort((a, b) => a.shows - b.shows);
          const told: string[] = [];
          for (let now = START; now <= START + 100_000; now += every) {
            await clock.advanceTo(now);
            while (due[0] && due[0].shows <= now) {
              const { name, stamp, again } = due.shift() as (typeof due)[number];
              await put(name, stamp);
              if (again) await put(name, now);
            }
            for (let more = true; more; ) {
              const page = await poll(cursor, limit);
              told.push(...page.names);
              ({ cursor, more } = page);
              expect(cursor.length).toBeLessThan(4000);
            }
          }
          expect(told.toSorted()).toEqual(writes.map((_, at) => `r${at}`).toSorted());
        },
      ),
      { numRuns: 40 },
    );
  });

  it('asks the index once where nothing is new', async () => {
    const { store, clock, put, poll } = bed();
    const { cursor } = await poll();
    await put('one');
    const told = await poll(cursor);
    let asked = 0;
    const counting: Pick<Store, 'listIndex'> = {
      listIndex: (...of) => {
        asked += 1;
        return store.listIndex(...of);
      },
    };
    await readFeed({ store: counting, clock }, { since: told.cursor, limit: 100 });
    expect(asked).toBe(1);
  });

  it.each(['', 'x y', '.', '123.short', `${'z'.repeat(11)}`])('refuses the cursor %j, or begins with none', async (cursor) => {
    const { poll } = bed();
    if (cursor === '') expect(await poll(cursor)).toMatchObject({ events: [] });
    else await expect(poll(cursor)).rejects.toMatchObject({ code: 'CURSOR_UNKNOWN' });
  });
});
