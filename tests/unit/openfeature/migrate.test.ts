import { OpenFeature } from '@openfeature/server-sdk';
import { afterEach, expect, it } from 'vitest';
import { MIGRATION_STAGES, migrate, SlipwayProvider } from '../../../openfeature/index.ts';

afterEach(() => OpenFeature.clearProviders());

const read = { old: async (id: number) => `old ${id}`, new: async (id: number) => `new ${id}` };
const variants = Object.fromEntries(MIGRATION_STAGES.map((stage) => [stage, stage]));

it('follows a flag whose variants are the six stages, for each context', async () => {
  const targeting = { if: [{ '===': [{ var: 'customer' }, 'acme'] }, 'live', null] };
  const flags = { flags: { store: { state: 'ENABLED', variants, defaultVariant: 'shadow', targeting } } };
  await OpenFeature.setProviderAndWait(new SlipwayProvider({ flags }));
  const cities = migrate({ flag: 'store', read });
  expect(await cities.read(1, { customer: 'acme' })).toBe('new 1');
  expect(await cities.read(2, { customer: 'other' })).toBe('old 2');
  await cities.settled();
  expect(cities.figures).toMatchObject({ comparisons: 2, mismatches: 2 });
});

it('reads the old side where the flag is unknown, or the side of the stage that was named', async () => {
  await OpenFeature.setProviderAndWait(new SlipwayProvider({ flags: { flags: {} } }));
  expect(await migrate({ flag: 'store', read }).read(1, {})).toBe('old 1');
  expect(await migrate({ flag: 'store', read, stageOtherwise: 'complete' }).read(1, {})).toBe('new 1');
});
