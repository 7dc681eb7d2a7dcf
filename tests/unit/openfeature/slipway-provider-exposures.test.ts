import { OpenFeature } from '@openfeature/server-sdk';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TrackedBatch } from '../../../shared/flags/flag-feed.ts';
import { splitRule } from '../../../shared/flags/stage.ts';
import { onOff } from '../shared/flags/flag-builder.ts';
import { ProviderBed } from './provider-bed.ts';

let bed: ProviderBed;
beforeEach(async () => {
  bed = await ProviderBed.open();
});
afterEach(() => bed.close());

it('tells how many subjects were shown a flag that deals by hash, those by name among them, and of which environment', async () => {
  const stage = splitRule({ percent: 0, customers: ['acme'], by: 'targetingKey' }, { to: 'on', from: 'off' });
  const named = { if: [{ '==': [{ var: 'customer' }, 'acme'] }, 'on', 'off'] };
  bed.server.set({ flags: { staged: onOff(stage), named: onOff(named), fixed: onOff() } });
  const { client, ready } = bed.use(bed.provider());
  await ready;
  for (const [targetingKey, customer] of Object.entries({ ann: 'acme', bob: 'acme', cy: 'zeta', di: 'zeta', ed: 'zeta' })) {
    for (const flag of ['staged', 'named', 'fixed', 'unknown', 'staged'])
      await client.getBooleanValue(flag, false, { targetingKey, customer });
  }
  await client.getBooleanValue('staged', false, { customer: 'acme' });
  await OpenFeature.clearProviders();
  const [{ data }] = bed.server.metrics as [TrackedBatch];
  const of = (variation: string, count: number) => ({
    namespace: 'Slipway',
    metric: 'Exposures',
    dimensions: { environment: 'production', flag: 'staged', variation },
    at: 0,
    values: [count],
  });
  expect(data?.toSorted((a, b) => (a.values[0] ?? 0) - (b.values[0] ?? 0))).toEqual([of('on', 2), of('off', 3)]);
});
