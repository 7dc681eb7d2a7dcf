import { OpenFeature } from '@openfeature/server-sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { SlipwayProvider } from '../../openfeature/index.ts';
import { Plane } from './plane.ts';

const environment = 'staging';
const flag = 'new-search';

afterEach(() => OpenFeature.close());

describe('a rollout whose traffic is known from flag providers alone', () => {
  it('goes by named customers first, and then to everybody', { timeout: 150_000 }, async () => {
    const plane = await Plane.start();
    await plane.call('put-flag', { key: flag, environment, simple: { rolloutPercentage: 0 } });
    const customers = { list: ['acme', 'zeta'], stages: [1], minSample: 2 };
    const search = { name: 'search', kind: 'rollout' as const, flag, customers, stages: [50, 100], minSample: 20 };
    const runId = await plane.startRun({
      ...{ slipway: 1, name: 'search', target: `${environment}/search` },
      phases: [{ name: 'only', components: [{ ...search, bake: '2s', look: '1s' }] }],
    });
    await OpenFeature.setProviderAndWait('shop', new SlipwayProvider({ url: plane.url, token: plane.token, environment }));
    const shop = OpenFeature.getClient('shop');
    const visit = async () => {
      for (let n = 0; n < 200; n += 1)
        await shop.getBooleanValue(flag, false, { targetingKey: `zoë-${n}`, customer: n < 3 ? 'acme' : `c-${n}` });
      return (await plane.call('get-run', { runId })).status;
    };
    await expect.poll(visit, { timeout: 100_000, interval: 500 }).toBe('succeeded');
    const { events } = await plane.call('get-timeline', { runId, limit: 1000 });
    const verdicts = events.flatMap(({ type, data }) =>
      type === 'verdictRecorded' && data['decision'] === 'promote' ? [data] : [],
    );
    expect(verdicts.map(({ percent }) => percent)).toEqual([0, 50, 100]);
    const samples = verdicts.map(({ checks }) =>
      (checks as { name: string; sample: object }[]).find(({ name }) => name === 'sample'),
    );
    expect(samples[0]).toMatchObject({ sample: { treatment: 3 } });
  });
});
