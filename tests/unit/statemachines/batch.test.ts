import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../shared/ports/store.ts';
import { bench } from '../local/asl/machine-builder.ts';

const file = new URL('../../../statemachines/batch.asl.json', import.meta.url);
const definition = JSON.parse(readFileSync(file, 'utf8')) as Value;
const input = { runId: 'r', epoch: 1, component: 'c', segments: [0] };
const MINUTE = 60_000;

/** Lambda, where all that the account may run at once is at work. */
const full = () => Object.assign(new Error('Rate Exceeded.'), { name: 'Lambda.TooManyRequestsException' });

/** How a batch ends to whose function Lambda has no room for a time. */
async function played(withoutRoom: number) {
  const { engine, clock } = bench({ batch: definition }, {
    invoke: async () => {
      if (clock.now() - began < withoutRoom) throw full();
      return { outcome: 'done' };
    },
  } as never);
  const began = clock.now();
  const { arn } = await engine.start('batch', 'one', input);
  await clock.runUntilIdle();
  return (await engine.describe(arn))?.output;
}

describe('the machine batch', () => {
  it('waits for minutes where Lambda has no room for its function', async () => {
    expect(await played(2 * MINUTE)).toEqual({ outcome: 'done' });
  });

  it('gives a segment up for which there never is', async () => {
    expect(await played(Number.POSITIVE_INFINITY)).toEqual({ outcome: 'crashed' });
  });
});
