import { type Client, OpenFeature } from '@openfeature/server-sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { SlipwayProvider } from '../../openfeature/index.ts';
import type { EndpointInput } from '../../shared/api/endpoints.ts';
import { Plane } from './plane.ts';

const environment = 'staging';
const flag = 'new-search';
const at = (percent: number) => ({ key: flag, environment, simple: { rolloutPercentage: percent } });
const experiment: EndpointInput<'put-experiment'>['experiment'] = {
  ...{ flag, control: 'off', treatment: 'on', minSample: 150 },
  measures: [
    { name: 'orders', event: 'order', kind: 'conversion', better: 'higher', primary: true },
    { name: 'spent', event: 'order', kind: 'mean' },
  ],
  funnel: ['search', 'order'],
};
const key = 'search-orders';
const SUBJECTS = 400;

async function client(plane: Plane): Promise<Client> {
  await OpenFeature.setProviderAndWait('shop', new SlipwayProvider({ url: plane.url, token: plane.token, environment }));
  return OpenFeature.getClient('shop');
}

/** Everybody searches; on the new side three in four order, on the old side one in four. */
async function visit(shop: Client): Promise<Map<string, boolean>> {
  const shown = new Map<string, boolean>();
  for (let n = 0; n < SUBJECTS; n += 1) {
    const who = { targetingKey: `zoë-${n}` };
    const isNew = await shop.getBooleanValue(flag, false, who);
    shown.set(who.targetingKey, isNew);
    shop.track('search', who);
    if (isNew ? n % 4 !== 0 : n % 4 === 0) shop.track('order', who, { value: 10 });
    shop.track('look', who);
  }
  return shown;
}

afterEach(() => OpenFeature.close());

describe('an experiment', () => {
  it('goes from exposures and tracked events to a verdict, and keeps every cohort', async () => {
    const plane = await Plane.start();
    const of = { key, environment };
    await plane.call('put-flag', at(50));
    await plane.call('put-experiment', { ...of, experiment, reason: 'is it better?' });
    expect(await plane.call('get-experiment-verdict', of)).toMatchObject({
      decision: 'hold',
      reasons: expect.arrayContaining(['The experiment has no traffic.']),
    });

    const shown = await visit(await client(plane));
    const treated = [...shown.values()].filter(Boolean).length;
    const known = async () => (await plane.call('get-experiment-results', of)).subjects;
    await expect
      .poll(known, { timeout: 30_000, interval: 500 })
      .toMatchObject({ treatment: treated, control: SUBJECTS - treated });
    const verdict = await plane.call('get-experiment-verdict', of);
    expect(verdict.reasons).toEqual([`All ${verdict.checks.length} checks passed.`]);
    expect(verdict.decision).toBe('promote');
    const results = await plane.call('get-experiment-results', of);
    const orders = results.measures.find(({ measure, side }) => measure === 'orders' && side === 'treatment');
    expect(orders?.mean).toBeGreaterThan(0.6);
    const steps = results.funnel.find(({ cohort }) => cohort === 'on')?.steps;
    expect(steps?.map(({ subjects }) => subjects)).toEqual([treated, orders?.events]);

    // A program that starts anew tells of them again: nothing changes.
    await OpenFeature.close();
    await visit(await client(plane));
    await OpenFeature.close();
    expect(await known()).toMatchObject({ treatment: treated, control: SUBJECTS - treated, moved: 0 });

    // More of them are on the new side now, and stay in the cohorts that they had.
    await plane.call('put-flag', at(90));
    await visit(await client(plane));
    const moved = async () => (await known()).moved;
    await expect.poll(moved, { timeout: 30_000, interval: 500 }).toBeGreaterThan(SUBJECTS / 4);
    expect(await known()).toMatchObject({ treatment: treated, control: SUBJECTS - treated });
    const held = await plane.call('get-experiment-verdict', of);
    expect(held).toMatchObject({
      decision: 'hold',
      reasons: expect.arrayContaining([expect.stringContaining('keep the split as it is')]),
    });

    expect(await plane.refused('put-experiment', { key: 'rival', environment, experiment })).toMatchObject({
      status: 409,
      code: 'EXPERIMENT_RUNNING',
    });
    await plane.call('put-experiment', { ...of, stop: true });
    const feed = JSON.stringify(await plane.call('list-flags', { environment }));
    expect(feed).not.toContain(key);
  }, 120_000);
});
