import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../../adapters/memory/store.ts';
import type { Value } from '../../../../shared/ports/store.ts';
import { componentKey, runKey, segmentKey, validationKey } from '../../../../shared/run/keys.ts';
import { toldUsage, usageOf, usedByNow } from '../../../../shared/usage/run-usage.ts';
import { LEVEL } from '../../../../shared/usage/transitions.ts';
import { UNUSED } from '../../../../shared/usage/used.ts';

const RUN = 'r1';
const component = (name: string, phase: string) => ({ name, kind: 'task', phase });

async function stored(): Promise<MemoryStore> {
  const store = new MemoryStore();
  const items: readonly (readonly [{ pk: string; sk: string }, { [name: string]: Value }])[] = [
    [runKey(RUN), { used: [10, 100], components: [component('one', 'a'), component('two', 'b'), component('three', 'b')] }],
    [componentKey(RUN, 'one'), { used: [1, 300, 5, 6, 7] }],
    [segmentKey(RUN, 'one', 0), { used: [2, 200, 5, 6, 7] }],
    [validationKey(RUN, 'one', 'rows'), { used: [4] }],
    [validationKey(RUN, 'phase:a', 'rows'), { used: [8] }],
    // It was seized and nothing else.
    [componentKey(RUN, 'three'), {}],
    [{ pk: runKey(RUN).pk, sk: 'EVENT#RUN#000000001' }, { used: [1000] }],
  ];
  for (const [key, set] of items) await store.write({ name: 'test.put', key, set, when: [] });
  return store;
}

describe('what a run has used', () => {
  it('is what its items say together, by component where it was for one', async () => {
    const { all, components } = await usageOf(await stored(), RUN);
    expect(all).toMatchObject({ cpuMs: 25, peakMb: 300, sentBytes: 10, receivedBytes: 12, billed: { dynamodbWrite: 14 } });
    expect(components.get('one')).toMatchObject({ cpuMs: 7, peakMb: 300, billed: { dynamodbWrite: 14 } });
    expect([...components.keys()]).toEqual(['one', 'three']);
  });

  it('has the states of every level that was entered', async () => {
    expect((await usageOf(await stored(), RUN)).all.billed.transition).toBe(2 * LEVEL);
  });

  it('is nothing of a run that nobody counted', async () => {
    expect((await usageOf(new MemoryStore(), RUN)).all).toEqual(UNUSED);
  });

  it('has what the present call has used, which counts that again with what it writes next', async () => {
    const given: unknown[] = [];
    const own = { ...UNUSED, cpuMs: 5 };
    const meter = { take: () => own, giveBack: (used: unknown) => void given.push(used) };
    expect((await usedByNow(await stored(), meter, RUN)).cpuMs).toBe(30);
    expect(given).toEqual([own]);
  });

  it('is told without what adding up fractions leaves behind', () => {
    const billed = { dynamodbRead: 0.1 + 0.2, dynamodbWrite: 3, lambdaRequest: 2 };
    const told = toldUsage({ cpuMs: 1234.5678, peakMb: 99.96, sentBytes: 1, receivedBytes: 2, billed });
    expect(told).toEqual({
      cpuSeconds: 1.235,
      peakMemoryMb: 100,
      sentBytes: 1,
      receivedBytes: 2,
      calls: 2,
      reads: 0.3,
      writes: 3,
      costUsd: 0.000002313,
    });
  });
});
