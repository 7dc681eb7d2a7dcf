import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../../adapters/memory/store.ts';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { GATE_AGE_MS, GateWatch, readGate } from '../../../../shared/run/gate.ts';
import { haltKey, runKey } from '../../../../shared/run/keys.ts';

const bed = () => {
  const store = new MemoryStore();
  const clock = new VirtualClock(1000);
  let reads = 0;
  const counting = new Proxy(store, {
    get: (target, name) => {
      if (name === 'readMany') reads += 1;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const set = (key: { pk: string; sk: string }, values: { [name: string]: string | boolean }) =>
    store.write({ name: 'set', key, set: values, when: [] });
  return { store, clock, set, watch: new GateWatch({ store: counting, clock }, 'r', 'staging'), reads: () => reads };
};

describe('the gate', () => {
  it.each([
    ['open', {}, {}],
    ['halted', { active: true }, {}],
    ['open', { active: false }, { status: 'running' }],
    ['paused', {}, { status: 'pausing' }],
    ['paused', {}, { status: 'paused' }],
    ['halted', { active: true }, { status: 'pausing' }],
  ])('is %s for the halt %o and the run %o', async (gate, halt, run) => {
    const { store, set } = bed();
    await set(haltKey('staging'), halt as { active: boolean });
    await set(runKey('r'), run as { status: string });
    expect(await readGate(store, 'r', 'staging')).toBe(gate);
  });

  it('is read once for the steps of a twentieth of a second', async () => {
    const { clock, watch, reads } = bed();
    await watch.now();
    await clock.advanceTo(1000 + GATE_AGE_MS);
    await watch.now();
    expect(reads()).toBe(1);
  });

  it('is seen to shut by the first step after that', async () => {
    const { clock, watch, set } = bed();
    expect(await watch.now()).toBe('open');
    await set(haltKey('staging'), { active: true });
    await clock.advanceTo(1001 + GATE_AGE_MS);
    expect(await watch.now()).toBe('halted');
  });

  it('is read anew each time while it is shut', async () => {
    const { watch, set } = bed();
    await set(runKey('r'), { status: 'pausing' });
    expect(await watch.now()).toBe('paused');
    await set(runKey('r'), { status: 'running' });
    expect(await watch.now()).toBe('open');
  });
});
