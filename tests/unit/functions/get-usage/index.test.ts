import { describe, expect, it } from 'vitest';
import { create } from '../../../../functions/get-usage/index.ts';
import { componentKey, runKey } from '../../../../shared/run/keys.ts';
import { PRICES } from '../../../../shared/usage/prices.ts';
import { runBed } from '../../shared/run/run-bed.ts';
import { ask } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

async function bed() {
  const run = runBed();
  const admitted = await run.admitted();
  await run.put(runKey(admitted.id), { used: [1000, 64, 10, 20, 4, 8] });
  await run.put(componentKey(admitted.id, 'one'), { used: [500, 128, 30, 40, 16, 0, 2, 1] });
  return { deps: memoryDeps(run.deps), runId: admitted.id };
}

describe('get-usage', () => {
  it('tells what a run has used, whole and by component, and what it would cost, the dearest first', async () => {
    const { deps, runId } = await bed();
    const { status, body } = await ask(create, deps, { path: { runId } });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      runId,
      status: 'running',
      cpuSeconds: 1.5,
      peakMemoryMb: 128,
      sentBytes: 40,
      receivedBytes: 60,
    });
    expect(body).toMatchObject({ calls: 1, reads: 8, writes: 20 });
    expect(body.components).toMatchObject([
      { name: 'one', cpuSeconds: 0.5, writes: 16, calls: 1 },
      { name: 'two', cpuSeconds: 0, writes: 0, costUsd: 0 },
    ]);
    expect(body.cost.map(({ unit }: { unit: string }) => unit)).toEqual([
      'transition',
      'dynamodbWrite',
      'dynamodbRead',
      'lambdaRequest',
    ]);
    expect(body.cost[1]).toEqual({ unit: 'dynamodbWrite', amount: 20, usd: 20 * PRICES.dynamodbWrite });
    const sum = body.cost.reduce((all: number, { usd }: { usd: number }) => all + usd, 0);
    expect(body.costUsd).toBeCloseTo(sum, 8);
  });

  it('is told to whoever may see the run', async () => {
    const { deps, runId } = await bed();
    expect((await ask(create, deps, { path: { runId }, roles: ['staging:viewer'] })).status).toBe(200);
    expect((await ask(create, deps, { path: { runId }, roles: ['production:admin'] })).status).toBe(404);
    expect((await ask(create, deps, { path: { runId: '0'.repeat(26) } })).body.code).toBe('RUN_NOT_FOUND');
  });
});
