import { describe, expect, it } from 'vitest';
import { create } from '../../../../functions/promote-stage/index.ts';
import { ask } from '../api-bed.ts';
import { rolloutRun } from '../rollout-run.ts';

describe('promote-stage', () => {
  it('promotes the stage that was entered last, in the name of whoever calls', async () => {
    const { deps, runId, progress, published } = await rolloutRun(2);
    const found = await ask(create, deps, { path: { runId, component: 'search' }, body: { reason: 'it is good' } });
    expect(found).toMatchObject({ status: 200, body: { component: 'search', stage: 1, by: 'ada' } });
    expect(await progress()).toMatchObject({ byHand: 2, heldByHand: false });
    expect(published.at(-1)).toMatchObject({ type: 'stagePromoted', actor: 'ada', data: { stage: 1, reason: 'it is good' } });
  });

  it.each([
    ['no such run', { runId: '0'.repeat(26), component: 'search' }, 404, 'RUN_NOT_FOUND'],
    ['no such component', { component: 'serach' }, 404, 'COMPONENT_NOT_FOUND'],
    ['a component without stages', { component: 'settle' }, 404, 'COMPONENT_NOT_FOUND'],
    ['what is no id', { runId: 'r1', component: 'search' }, 422, 'INVALID'],
  ])('tells of %s', async (_, path, status, code) => {
    const { deps, runId } = await rolloutRun(1);
    expect(await ask(create, deps, { path: { runId, ...path }, body: {} })).toMatchObject({ status, body: { code } });
  });

  it('refuses before the first stage, and tells what to do', async () => {
    const { deps, runId } = await rolloutRun(0);
    const found = await ask(create, deps, { path: { runId, component: 'search' }, body: {} });
    expect(found).toMatchObject({ status: 409, body: { code: 'RUN_STATE', next: `slipway watch ${runId}` } });
  });

  it('refuses where the run goes back', async () => {
    const { deps, runId, put } = await rolloutRun(1);
    await put({ pk: `RUN#${runId}`, sk: 'RUN' }, { direction: 'back', status: 'rolling-back' });
    const found = await ask(create, deps, { path: { runId, component: 'search' }, body: {} });
    expect(found).toMatchObject({ status: 409, body: { code: 'RUN_STATE', detail: expect.stringContaining('rolling-back') } });
  });
});
