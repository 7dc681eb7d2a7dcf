import { expect, it } from 'vitest';
import { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
import { MemoryExecutionStore } from '../../../local/asl/store/memory-execution-store.ts';
import { Closing } from '../../../local/closing.ts';
import { keepPruned } from '../../../local/keep-pruned.ts';

const MINUTE = 60_000;

it('looks soon after a start, for those that never run for long, and then once a day at every item', async () => {
  const clock = new VirtualClock();
  const began = clock.now();
  const looks: number[] = [];
  const expired = async (now: number) => void looks.push((now - began) / MINUTE);
  const closing = new Closing();
  keepPruned(
    { executions: new MemoryExecutionStore(), expired, clock, retention: 1, onFault: (error) => expect.fail(String(error)) },
    closing,
  );
  await clock.advanceTo(began + 50 * 60 * MINUTE);
  expect(looks).toEqual([10, 24 * 60 + 10, 48 * 60 + 10]);
  await closing.close();
  await clock.advanceTo(began + 100 * 60 * MINUTE);
  expect(looks).toHaveLength(3);
});
