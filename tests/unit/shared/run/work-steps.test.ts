import { describe, expect, it } from 'vitest';
import { SupersededError } from '../../../../shared/errors/run-errors.ts';
import { StoreUnansweredError } from '../../../../shared/errors/store-errors.ts';
import { componentKey, haltKey, runKey } from '../../../../shared/run/keys.ts';
import { NOW, runBed } from './run-bed.ts';
import { doing, takenUp } from './step-bed.ts';

describe('carrying steps out', () => {
  it('writes an intent before each effect and one checkpoint after, which is the next intent', async () => {
    const { go, effects, now, store, of } = await takenUp({ count: 3 });
    store.sent.length = 0;
    expect(await go()).toEqual({ outcome: 'done' });
    expect(effects.asked).toEqual(['do 0', 'do 1', 'do 2']);
    expect(store.sent.filter(({ name }) => name === 'item.transition')).toHaveLength(4);
    expect(await now()).toMatchObject({ status: 'worked', cursor: 3 });
    expect(await now()).not.toHaveProperty('intent');
    const { items } = await store.list(`RUN#${of.id}`, { prefix: 'EVENT#COMPONENT#one' });
    expect(items.map((item) => item['type'])).toEqual([
      'rollbackPointCreated',
      'stepStarted',
      'checkpointCreated',
      'checkpointCreated',
      'checkpointCreated',
    ]);
  });

  it('gives each effect a deadline and says by whom and when it is performed', async () => {
    const bed = runBed();
    const seen: unknown[] = [];
    const perform = async (_: number, deadline: number) => {
      seen.push(deadline, (await work.now()).intent);
      return null;
    };
    const work = await takenUp({ count: 1, perform }, {}, { bed });
    await work.go();
    expect(seen).toEqual([
      NOW + 10_000,
      { step: 0, attempt: 1, epoch: 1, back: false, by: 'mine', since: NOW, deadline: NOW + 10_000 },
    ]);
  });

  it('keeps the output of a single step as that of the component', async () => {
    const { go, now } = await takenUp({ count: 1 });
    await go();
    expect((await now()).outputs).toBe('did 0');
  });

  it('goes on from the cursor, and has nothing to do at the end', async () => {
    const { go, effects } = await takenUp({ count: 3 }, { cursor: 2 });
    await go();
    expect(effects.asked).toEqual(['do 2']);
    expect(await go()).toEqual({ outcome: 'done' });
    expect(effects.asked).toEqual(['do 2']);
  });

  it('says more where the next step could outlive the slice', async () => {
    const { go, effects, now, clock } = await takenUp(
      { count: 2, perform: doing(() => clock.sleep(8000)) },
      {},
      { until: NOW + 17_000 },
    );
    expect(await go()).toEqual({ outcome: 'more' });
    expect(effects.asked).toEqual(['do 0']);
    expect(await now()).toMatchObject({ cursor: 1, status: 'working' });
    expect(await now()).not.toHaveProperty('intent');
  });

  it('begins nothing in a slice that is too short', async () => {
    const { go, effects } = await takenUp({}, {}, { until: NOW + 9999 });
    expect(await go()).toEqual({ outcome: 'more' });
    expect(effects.asked).toEqual([]);
  });
});

describe('between steps', () => {
  it.each([
    ['paused', 'pausing'],
    ['halted', 'halt'],
  ])('it stops as %s', async (outcome, how) => {
    const bed = runBed();
    const { go, effects, now } = await takenUp(
      {
        perform: async () => {
          if (how === 'halt') await bed.put(haltKey('staging'), { active: true });
          else
            await bed.put(runKey((await bed.store.listIndex('listing', 'run')).items[0]?.['id'] as string), {
              status: 'pausing',
            });
          await bed.clock.sleep(1000);
          return null;
        },
      },
      {},
      { bed },
    );
    expect(await go()).toEqual({ outcome });
    expect(effects.asked).toEqual(['do 0']);
    expect(await now()).toMatchObject({ cursor: 1, status: 'working' });
    expect(await now()).not.toHaveProperty('intent');
  });

  it('the last step is checkpointed as done though the gate is shut', async () => {
    const bed = runBed();
    const { go } = await takenUp({ count: 1, perform: doing(() => bed.put(haltKey('staging'), { active: true })) }, {}, { bed });
    expect(await go()).toEqual({ outcome: 'done' });
  });
});

describe('another writer', () => {
  it('of the same epoch is a rival: come back and see what it did', async () => {
    const { go, store, effects, put, of } = await takenUp({});
    store.meetOnce('item.transition', async (send) => {
      await put(componentKey(of.id, 'one'), { rev: 9 });
      return send();
    });
    expect(await go()).toEqual({ outcome: 'more' });
    expect(effects.asked).toEqual([]);
  });

  it('of a later epoch ends this one before its effect', async () => {
    const { go, store, effects, put, of } = await takenUp({});
    store.meetOnce('item.transition', async (send) => {
      await put(componentKey(of.id, 'one'), { epoch: 2 });
      return send();
    });
    await expect(go()).rejects.toThrow(SupersededError);
    expect(effects.asked).toEqual([]);
  });

  it('of a later epoch ends this one after its effect, whose checkpoint is not written', async () => {
    const bed = runBed();
    const work = await takenUp({ perform: doing(() => bed.put(componentKey(work.of.id, 'one'), { epoch: 2 })) }, {}, { bed });
    await expect(work.go()).rejects.toThrow(SupersededError);
    expect(await work.now()).toMatchObject({ cursor: 0, epoch: 2, intent: { step: 0 } });
  });
});

describe('a store that is down', () => {
  it('leaves the intent and the event in the item for the next invocation', async () => {
    const bed = runBed();
    let calls = 0;
    const perform = async () => {
      calls += 1;
      if (calls === 1) bed.store.meet(async () => Promise.reject(new StoreUnansweredError('down')));
      return 'did it';
    };
    const work = await takenUp({ count: 1, perform }, {}, { bed });
    await expect(work.go()).rejects.toThrow('down');
    expect(await work.now()).toMatchObject({ intent: { step: 0, by: 'mine' }, lastEvent: { type: 'stepStarted' } });
    bed.store.meet(undefined);
    await bed.clock.advanceTo(NOW + 20_000);
    expect(await work.go(undefined, 'next')).toEqual({ outcome: 'done' });
    expect(work.effects.asked).toEqual(['do 0', 'do 0']);
  });
});
