import { expect, it } from 'vitest';
import { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
import { MemoryExecutionStore } from '../../../local/asl/store/memory-execution-store.ts';
import { Bus, type BusOptions } from '../../../local/bus.ts';
import type { RunEvent } from '../../../shared/ports/events.ts';

const event = (type: string, rev = 1) => ({ type, runId: 'r1', item: 'RUN', rev }) as RunEvent;
const rule = { name: 'failures', function: 'raise', pattern: { source: ['slipway'], 'detail-type': ['statusChanged'] } };

function bed(invoke: BusOptions['invoke'], store = new MemoryExecutionStore()) {
  const clock = new VirtualClock();
  const heard: RunEvent[] = [];
  const faults: unknown[] = [];
  const bus = new Bus({
    rules: [rule],
    store,
    clock,
    invoke,
    listeners: { publish: async (events) => void heard.push(...events) },
    onFault: (error) => void faults.push(error),
  });
  const kept = async () => {
    let count = 0;
    for await (const _ of store.list('')) count += 1;
    return count;
  };
  return { bus, clock, heard, faults, store, kept };
}

it('hands an event to the functions whose rules it fits, and every event to its listeners', async () => {
  const calls: unknown[] = [];
  const { bus, heard, kept, clock } = bed(async (...call) => calls.push(call));
  await bus.publish([event('statusChanged'), event('stepStarted')]);
  await clock.runUntilIdle();
  expect(calls).toEqual([['raise', { source: 'slipway', 'detail-type': 'statusChanged', detail: event('statusChanged') }]]);
  expect(heard).toHaveLength(2);
  expect(await kept()).toBe(0);
});

it('has written an event down before it resolves, and hands it over at the next start where it could not', async () => {
  const first = bed(() => new Promise(() => {}));
  await first.bus.publish([event('statusChanged')]);
  expect(await first.kept()).toBe(1);
  const calls: unknown[] = [];
  const next = bed(async (name) => calls.push(name), first.store);
  await next.bus.start();
  await next.clock.runUntilIdle();
  expect(calls).toEqual(['raise']);
  expect(await next.kept()).toBe(0);
});

it('tries again what fails, and gives it up in the end', async () => {
  let calls = 0;
  const { bus, clock, faults, kept } = bed(async () => {
    calls += 1;
    throw new Error('no store');
  });
  await bus.publish([event('statusChanged')]);
  await clock.runUntilIdle();
  expect(calls).toBe(7);
  expect(faults).toHaveLength(7);
  expect(await kept()).toBe(0);
});

it('keeps what it was about to try again when it is closed', async () => {
  const { bus, kept, clock } = bed(() => Promise.reject(new Error('no store')));
  await bus.publish([event('statusChanged')]);
  await clock.advanceTo(1);
  await bus.close();
  expect(await kept()).toBe(1);
});

it('tells its listeners in the order of publishing, however long one event takes to be written down', async () => {
  const store = new MemoryExecutionStore();
  const written = Promise.withResolvers<void>();
  const commit = store.commit.bind(store);
  store.commit = async (changes) => {
    await written.promise;
    return commit(changes);
  };
  const { bus, heard } = bed(async () => {}, store);
  const first = bus.publish([event('statusChanged', 1)]);
  await bus.publish([event('stepStarted', 2)]);
  written.resolve();
  await first;
  expect(heard.map(({ rev }) => rev)).toEqual([1, 2]);
});
