import { describe, expect, it } from 'vitest';
import { create as evaluate } from '../../../../functions/evaluate-flag/index.ts';
import { create as getFlag } from '../../../../functions/get-flag/index.ts';
import { create } from '../../../../functions/lower-stage/index.ts';
import { ask } from '../api-bed.ts';
import { rolloutRun } from '../rollout-run.ts';

const lower = ({ deps, runId }: Awaited<ReturnType<typeof rolloutRun>>, body: object) =>
  ask(create, deps, { path: { runId, component: 'search' }, body });

describe('lower-stage', () => {
  it('takes the flag back to the percentage of that stage, where it is held', async () => {
    const run = await rolloutRun(3);
    expect(await lower(run, { stage: 0, reason: 'odd words' })).toMatchObject({
      status: 200,
      body: { component: 'search', stage: 0, by: 'ada' },
    });
    const flag = await ask(getFlag, run.deps, { path: { key: 'new-search' }, query: { environment: 'staging' } });
    expect(flag.body).toMatchObject({ owner: run.runId, simple: { rolloutPercentage: 10 } });
    expect(await run.progress()).toMatchObject({ promoted: 0, heldByHand: true, held: [expect.stringContaining('odd words')] });
    const context = { environment: 'staging', context: { targetingKey: 'ada' } };
    expect((await ask(evaluate, run.deps, { path: { key: 'new-search' }, body: context })).body).toMatchObject({
      reason: 'SPLIT',
    });
  });

  it.each([
    ['the stage that it is at', { stage: 2, reason: 'why' }, 409, 'RUN_STATE'],
    ['a stage that the plan has not', { stage: 7, reason: 'why' }, 422, 'PREPARATION_FAILED'],
    ['no reason', { stage: 0, reason: '' }, 422, 'INVALID'],
    ['half a stage', { stage: 0.5, reason: 'why' }, 422, 'INVALID'],
    ['a stage before the first', { stage: -1, reason: 'why' }, 422, 'INVALID'],
  ])('refuses %s', async (_, body, status, code) => {
    expect(await lower(await rolloutRun(3), body)).toMatchObject({ status, body: { code } });
  });
});
