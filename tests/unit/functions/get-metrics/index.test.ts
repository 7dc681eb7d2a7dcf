import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { create } from '../../../../functions/get-metrics/index.ts';
import { ask } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

const NOW = Date.UTC(2026, 0, 1) + 30_500;

function bed() {
  const asked: unknown[] = [];
  const figures = async (...question: unknown[]) => {
    asked.push(question);
    return [[{ at: 60_000, value: 3 }]];
  };
  return { asked, deps: memoryDeps({ metrics: { figures } as never, clock: new VirtualClock(NOW) }) };
}

describe('get-metrics', () => {
  it('asks for one series over the last hour, in whole periods', async () => {
    const { asked, deps } = bed();
    const { status, body } = await ask(create, deps, { query: { metric: 'Hits', dimensions: 'Service=a=b,on=x' } });
    const to = Date.UTC(2026, 0, 1) + 60_000;
    const series = { namespace: 'Slipway', metric: 'Hits', dimensions: { Service: 'a=b', on: 'x' }, statistic: 'Average' };
    expect(asked).toEqual([[[series], { from: to - 3_600_000, to, periodMs: 60_000 }]]);
    expect([status, body]).toEqual([
      200,
      { ...series, from: to - 3_600_000, to, periodSeconds: 60, figures: [{ at: 60_000, value: 3 }] },
    ]);
  });

  it.each([
    { dimensions: 'Service' },
    { dimensions: '=x' },
    { statistic: 'mean' },
    { periodSeconds: '61' },
    { from: '10', to: '10' },
    { from: '0', to: '100000000', periodSeconds: '60' },
    { metric: '' },
  ])('refuses %j', async (query) => {
    expect((await ask(create, bed().deps, { query: { metric: 'Hits', ...query } })).status).toBe(422);
  });

  it('shows an environment to those who see it', async () => {
    const query = { metric: 'Hits', dimensions: 'environment=production' };
    expect((await ask(create, bed().deps, { query, roles: ['test:viewer'] })).status).toBe(404);
    expect((await ask(create, bed().deps, { query, roles: ['production:viewer'] })).status).toBe(200);
  });
});
