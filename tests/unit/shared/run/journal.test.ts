import { describe, expect, it } from 'vitest';
import { StoreRejectedError, StoreThrottledError, StoreUnansweredError } from '../../../../shared/errors/store-errors.ts';
import type { Item, Value, WriteResult } from '../../../../shared/ports/store.ts';
import { chainEvent } from '../../../../shared/run/event-chain.ts';
import { commit, create, flushAhead, flushEvent, transition } from '../../../../shared/run/journal.ts';
import { eventKey } from '../../../../shared/run/keys.ts';
import { createItem, transitionItem } from '../../../../shared/run/writes.ts';
import { readUsed, UNUSED } from '../../../../shared/usage/used.ts';
import { present, runBed, settle } from './run-bed.ts';

const KEY = { pk: 'RUN#r1', sk: 'COMPONENT#one' };
const WRITE = createItem(KEY, 1, { status: 'prepared' });
const DRAFT = { type: 'stepStarted', data: { step: 0 } } as const;

const throwing = (error: Error) => async (): Promise<WriteResult> => {
  throw error;
};

describe('a conditional write', () => {
  it('is known as its own where its answer was lost', async () => {
    const { deps, store, clock } = runBed();
    store.meetOnce('item.create', async (send) => {
      await send();
      throw new StoreUnansweredError('lost');
    });
    const done = await settle(clock, commit(deps, WRITE));
    expect(done).toMatchObject({ applied: true, item: { rev: 1, status: 'prepared' } });
  });

  it('is tried again under the same id where it never arrived', async () => {
    const { deps, store, clock } = runBed();
    store.meetOnce('item.create', throwing(new StoreUnansweredError('lost')));
    expect(await settle(clock, commit(deps, WRITE))).toMatchObject({ applied: true });
    expect(new Set(store.sent.map(({ set }) => set?.['writeId'])).size).toBe(1);
  });

  it('is not taken for its own where a rival wrote the same a moment before', async () => {
    const { deps, store, clock } = runBed();
    store.meetOnce('item.create', async () => {
      await commit(deps, WRITE);
      throw new StoreUnansweredError('lost');
    });
    expect(await settle(clock, commit(deps, WRITE))).toMatchObject({ applied: false, current: { rev: 1 } });
  });

  it('is refused with the item as it is', async () => {
    const { deps } = runBed();
    await commit(deps, WRITE);
    expect(await commit(deps, WRITE)).toMatchObject({ applied: false, current: { status: 'prepared' } });
  });

  it('is refused with nothing where there is no item', async () => {
    const { deps } = runBed();
    expect(await commit(deps, transitionItem(KEY, 1, 1, {}))).toEqual({ applied: false, current: undefined });
  });

  it('waits longer and longer while the store is throttled', async () => {
    const { deps, store, clock } = runBed();
    const began = clock.now();
    let refusals = 3;
    store.meet((_, send) => (refusals-- > 0 ? throwing(new StoreThrottledError('slow down'))() : send()));
    expect(await settle(clock, commit(deps, WRITE))).toMatchObject({ applied: true });
    expect(store.sent).toHaveLength(4);
    expect(clock.now() - began).toBeGreaterThan(525);
    expect(clock.now() - began).toBeLessThan(1575);
  });

  it('gives up after four attempts', async () => {
    const { deps, store, clock } = runBed();
    store.meet(throwing(new StoreThrottledError('slow down')));
    await expect(settle(clock, commit(deps, WRITE))).rejects.toThrow('slow down');
    expect(store.sent).toHaveLength(4);
  });

  it('is not tried again where the store refuses it for good', async () => {
    const { deps, store, clock } = runBed();
    store.meet(throwing(new StoreRejectedError('no permission')));
    await expect(settle(clock, commit(deps, WRITE))).rejects.toThrow('no permission');
    expect(store.sent).toHaveLength(1);
  });
});

const created = async (bed: ReturnType<typeof runBed>) => {
  const made = await create(bed.deps, KEY, { type: 'rollbackPointCreated' }, 1, (set) => createItem(KEY, 1, set), {
    status: 'prepared',
  });
  if (!made.applied) throw new Error('refused');
  return made.item;
};

const moved = (bed: ReturnType<typeof runBed>, item: Awaited<ReturnType<typeof created>>, status: string) =>
  transition(bed.deps, item, DRAFT, { set: { status } }, (change) => transitionItem(KEY, 1, Number(item['rev']), change), 1);

describe('a transition', () => {
  it('carries its event in the item, chained to the event before', async () => {
    const bed = runBed();
    const item = await created(bed);
    const next = await moved(bed, item, 'working');
    const first = item['lastEvent'] as { hash: string };
    expect(next).toMatchObject({
      applied: true,
      item: { status: 'working', lastEvent: { type: 'stepStarted', rev: 2, prev: first.hash } },
    });
  });

  it('puts the event before into the timeline before it overwrites it', async () => {
    const bed = runBed();
    const item = await created(bed);
    expect(await bed.store.read(eventKey(KEY, 1))).toBeUndefined();
    await moved(bed, item, 'working');
    expect(bed.store.sent.map(({ name }) => name)).toEqual(['item.create', 'event.put', 'item.transition']);
    expect(await bed.item(eventKey(KEY, 1))).toMatchObject({ type: 'rollbackPointCreated', schemaVersion: 1 });
    expect(await bed.store.read(eventKey(KEY, 2))).toBeUndefined();
  });

  it('overwrites nothing where the event before cannot be put', async () => {
    const bed = runBed();
    const item = await created(bed);
    bed.store.meet((write, send) => (write.name === 'event.put' ? throwing(new StoreUnansweredError('down'))() : send()));
    await expect(settle(bed.clock, moved(bed, item, 'working'))).rejects.toThrow('down');
    expect(await bed.item(KEY)).toMatchObject({ status: 'prepared', rev: 1 });
  });
});

describe('flushing the last event', () => {
  it('puts it and tells of it once, however often it is asked', async () => {
    const bed = runBed();
    const item = await created(bed);
    flushAhead(bed.deps, item);
    await Promise.all([flushEvent(bed.deps, item), flushEvent(bed.deps, item)]);
    expect(bed.store.sent.filter(({ name }) => name === 'event.put')).toHaveLength(1);
    expect(bed.published).toMatchObject([{ type: 'rollbackPointCreated', item: 'COMPONENT#one', runId: 'r1' }]);
  });

  it('is done anew by another invocation: the first may have died', async () => {
    const bed = runBed();
    const item = await created(bed);
    await flushEvent(bed.deps, item);
    await flushEvent({ ...bed.deps }, item);
    expect(bed.store.sent.filter(({ name }) => name === 'event.put')).toHaveLength(2);
    expect((await bed.store.list(KEY.pk, { prefix: 'EVENT#' })).items).toHaveLength(1);
  });

  it('ahead of need fails silently and tells whoever waits for it', async () => {
    const bed = runBed();
    const item = await created(bed);
    bed.store.meet(throwing(new StoreRejectedError('no permission')));
    flushAhead(bed.deps, item);
    await expect(flushEvent(bed.deps, item)).rejects.toThrow('no permission');
  });

  it('has nothing to do for an item without events', async () => {
    const bed = runBed();
    await flushEvent(bed.deps, undefined);
    await flushEvent(bed.deps, KEY);
    expect(bed.store.sent).toEqual([]);
  });

  it('puts what the item holds, word for word', async () => {
    const bed = runBed();
    const event = chainEvent(KEY, DRAFT, { rev: 5, epoch: 2, at: 9, prev: undefined });
    await flushEvent(bed.deps, { ...KEY, lastEvent: event as unknown as Value });
    expect(present(await bed.store.read(eventKey(KEY, 5)))).toMatchObject(event);
  });
});

describe('what was used for a run', () => {
  const used = (cpuMs: number) => ({ ...UNUSED, cpuMs, billed: { dynamodbWrite: 2 } });
  function metered() {
    const bed = runBed();
    const given: unknown[] = [];
    const taken: unknown[] = [];
    const take = (ahead: unknown) => {
      taken.push(ahead);
      return used(taken.length);
    };
    const meter = { take, giveBack: (back: unknown) => void given.push(back) };
    return { ...bed, deps: { ...bed.deps, meter }, given, taken };
  }
  const made = async ({ deps }: ReturnType<typeof metered>) => {
    const result = await create(deps, KEY, DRAFT, 1, (set) => createItem(KEY, 1, set), {});
    if (!result.applied) throw new Error('it was refused');
    return result.item;
  };
  const moved = (bed: ReturnType<typeof metered>, item: Item, epoch = 1) =>
    transition(bed.deps, item, DRAFT, {}, (change) => transitionItem(KEY, epoch, Number(item['rev']), change), epoch);

  it('rides in the writes of its items, on top of what they say', async () => {
    const bed = metered();
    const item = await made(bed);
    expect(readUsed(item['used'])).toMatchObject({ cpuMs: 1, billed: { dynamodbWrite: 2 } });
    await moved(bed, item);
    expect(readUsed((await bed.item(KEY))['used'])).toMatchObject({ cpuMs: 3, billed: { dynamodbWrite: 4 } });
    expect(bed.taken).toEqual([
      { dynamodbWrite: 2, event: 1 },
      { dynamodbWrite: 2, event: 1 },
    ]);
  });

  it('is given back where the write is refused', async () => {
    const bed = metered();
    const item = await made(bed);
    expect(await moved(bed, item, 2)).toMatchObject({ applied: false });
    expect(bed.given).toEqual([used(2)]);
    expect(readUsed((await bed.item(KEY))['used']).cpuMs).toBe(1);
  });

  it('is counted once where the answer of the write was lost', async () => {
    const bed = metered();
    const item = await made(bed);
    bed.store.meetOnce('item.transition', async (send) => {
      await send();
      throw new StoreUnansweredError('lost');
    });
    await settle(bed.clock, moved(bed, item));
    expect(readUsed((await bed.item(KEY))['used']).cpuMs).toBe(3);
    expect(bed.given).toEqual([]);
  });

  it('stays out of what is no item of a run', async () => {
    const bed = metered();
    const key = { pk: 'FLAG#e#f', sk: 'FLAG' };
    await create(bed.deps, key, DRAFT, 1, (set) => createItem(key, 1, set), {});
    expect((await bed.item(key))['used']).toBeUndefined();
    expect(bed.taken).toEqual([]);
  });
});
