import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { create as getResults } from '../../../../functions/get-experiment-results/index.ts';
import { create as getVerdict } from '../../../../functions/get-experiment-verdict/index.ts';
import { create as listExperiments } from '../../../../functions/list-experiments/index.ts';
import { create as listFlags } from '../../../../functions/list-flags/index.ts';
import { create } from '../../../../functions/put-behaviour/index.ts';
import { create as putExperiment } from '../../../../functions/put-experiment/index.ts';
import { ask, ON_OFF, put } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

const EXPERIMENT = {
  ...{ flag: 'search', control: 'off', treatment: 'on' },
  measures: [{ name: 'orders', event: 'order', kind: 'conversion', primary: true }],
};
const DAY = 86_400_000;

async function bed(more: object = {}) {
  const clock = new VirtualClock();
  const deps = memoryDeps({ clock });
  await clock.advanceTo(1000);
  await put(deps, 'search', ON_OFF);
  const start = (key = 'k', over: object = {}) =>
    ask(putExperiment, deps, { path: { key }, body: { experiment: { ...EXPERIMENT, ...more, ...over } } });
  expect(await start()).toMatchObject({ status: 200, body: { key: 'k', running: true } });
  return {
    ...{ deps, clock, start },
    tell: async (body: object) => (await ask(create, deps, { body })).body.subjects,
    results: async () => (await ask(getResults, deps, { path: { key: 'k' } })).body,
  };
}
const exposure = (key: string, variation: string, at = 1000) => ({ flag: 'search', key, variation, at });

describe('put-behaviour', () => {
  it('records each key once, in the cohort of its first exposure', async () => {
    const { tell, results } = await bed();
    expect(await tell({ exposures: [exposure('ada', 'on'), exposure('bob', 'off')] })).toBe(2);
    expect(await tell({ exposures: [exposure('ada', 'on', 1001)] })).toBe(0);
    expect(await tell({ exposures: [exposure('ada', 'off', 1002)], events: [{ name: 'order', key: 'ada', at: 1003 }] })).toBe(1);
    expect((await results()).subjects).toEqual({ control: 1, treatment: 1, unexposed: 0, moved: 1, full: 0 });
    expect((await results()).measures).toMatchObject([
      { side: 'control', events: 0 },
      { side: 'treatment', events: 1 },
    ]);
  });

  it('lets two who tell of the same key at once agree', async () => {
    const { tell, results } = await bed();
    await Promise.all(['on', 'off', 'on'].map((variation) => tell({ exposures: [exposure('ada', variation)] })));
    const { control, treatment, moved } = (await results()).subjects;
    expect([control + treatment, moved]).toEqual([1, 1]);
  });

  it('records nothing that no experiment asks for', async () => {
    const { clock, tell } = await bed();
    expect(await tell({ exposures: [{ ...exposure('ada', 'on'), flag: 'other' }, exposure('ada', 'third')] })).toBe(0);
    expect(await tell({ events: [{ name: 'look', key: 'ada', at: 1000 }] })).toBe(0);
    expect(await tell({ exposures: [exposure('ada', 'on', 999), exposure('ada', 'on', 1000 + DAY)] })).toBe(0);
    await clock.advanceTo(1000 + 28 * DAY);
    expect(await tell({ exposures: [exposure('late', 'on', clock.now())] })).toBe(0);
  });

  it('refuses what cannot be', async () => {
    const { deps } = await bed();
    for (const body of [
      { exposures: [{ flag: 'search', key: '', variation: 'on', at: 1 }] },
      { events: [{ name: 'order', at: 1 }] },
      { more: 1 },
    ])
      expect((await ask(create, deps, { body })).status).toBe(422);
  });
});

describe('put-experiment', () => {
  it('tells whoever evaluates the flag, until it ends', async () => {
    const { deps } = await bed();
    const metadata = async () => (await ask(listFlags, deps)).body.flags.flags.search.metadata;
    expect(await metadata()).toEqual({ experiment: 'k' });
    const stop = await ask(putExperiment, deps, { path: { key: 'k' }, body: { stop: true } });
    expect(stop).toMatchObject({ status: 200, body: { running: false } });
    expect(await metadata()).toBeUndefined();
    expect((await ask(listExperiments, deps)).body.experiments).toMatchObject([{ key: 'k', running: false }]);
  });

  it('refuses a second one on the flag, a flag that is not there, and a variant that it lacks', async () => {
    const { start } = await bed();
    expect(await start('other')).toMatchObject({ status: 409, body: { code: 'EXPERIMENT_RUNNING' } });
    expect(await start('other', { flag: 'none' })).toMatchObject({ status: 404, body: { code: 'FLAG_NOT_FOUND' } });
    const { deps } = await bed();
    await put(deps, 'prices', ON_OFF);
    const body = { experiment: { ...EXPERIMENT, flag: 'prices', treatment: 'blue' } };
    expect(await ask(putExperiment, deps, { path: { key: 'x' }, body })).toMatchObject({ status: 422 });
  });

  it.each([
    { measures: [] },
    { measures: [{ ...EXPERIMENT.measures[0], primary: false }] },
    { treatment: 'off' },
    { shares: { control: 0, treatment: 1 } },
    { alpha: Number.NaN },
    { days: 91 },
  ])('refuses %j', async (over) => {
    const { start } = await bed();
    expect((await start('other', over)).status).toBe(422);
  });

  it('holds without traffic, and knows no verdict of what is not there', async () => {
    const { deps } = await bed();
    const verdict = (key: string) => ask(getVerdict, deps, { path: { key } });
    expect((await verdict('k')).body).toMatchObject({ decision: 'hold' });
    expect(await verdict('none')).toMatchObject({ status: 404, body: { code: 'EXPERIMENT_NOT_FOUND' } });
  });

  it('refuses the later of two changes to the experiments at once, in their own words', async () => {
    const { deps, start } = await bed();
    await put(deps, 'other', ON_OFF);
    await put(deps, 'third', ON_OFF);
    const answers = await Promise.all(['other', 'third'].map((flag) => start(flag, { flag })));
    const refused = answers.filter(({ status }) => status === 412);
    expect(refused.map(({ body }) => body.detail)).toEqual(['The experiments of test were changed meanwhile.']);
  });
});
