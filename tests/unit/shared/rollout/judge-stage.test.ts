import { describe, expect, it } from 'vitest';
import { exposureSeries } from '../../../../shared/flags/exposure-series.ts';
import { promoteStage } from '../../../../shared/rollout/command-rollout.ts';
import { alarmNameOf } from '../../../../shared/rollout/guardrail-alarms.ts';
import { judgeStage } from '../../../../shared/rollout/judge-stage.ts';
import { pauseRun } from '../../../../shared/run/command-run.ts';
import { haltKey } from '../../../../shared/run/keys.ts';
import { BAD, BEFORE, DEAD, GOOD, inFirstStage, NONE, rollout } from './rollout-bed.ts';

const said = { actor: 'ada', reason: 'we know it' };
/** What a side sends at 10 %. */
const on = (percent: number) => ({ exposures: 2 * percent, requests: 2 * percent, errors: 0 });
const off = (percent: number) => on(100 - percent);

describe('a stage that is judged', () => {
  it('on good figures is promoted once it has baked and has its sample', async () => {
    const bed = await inFirstStage();
    await bed.serve(5, on(10), off(10));
    expect(await bed.judge()).toMatchObject({ outcome: 'hold' });
    await bed.serve(3, on(10), off(10));
    expect(await bed.judge()).toEqual({ outcome: 'promote', last: false });
    expect(await bed.progress()).toMatchObject({ promoted: 1, held: [], verdict: { decision: 'promote', percent: 10 } });
    expect(await bed.progress()).not.toHaveProperty('enteredAt');
  });

  it('without traffic is held for as long as it takes, and never promoted nor taken back', async () => {
    const bed = await inFirstStage();
    for (let hour = 0; hour < 24; hour += 1) {
      await bed.clock.advanceTo(bed.clock.now() + 3_600_000);
      await bed.alarms.tick();
      expect(await bed.judge()).toMatchObject({ outcome: 'hold' });
    }
    expect((await bed.progress()).held.join(' ')).toContain('No traffic has reached the new path');
    expect(await bed.served()).toMatchObject({ percent: 10 });
  });

  it('of a flag that asks for a group first has no intended ratio of exposures', async () => {
    const split = {
      fractional: [
        ['on', 10],
        ['off', 90],
      ],
    };
    const beta = { some: [{ var: 'groups' }, { in: [{ var: '' }, ['beta']] }] };
    const bed = await inFirstStage({}, { ...BEFORE, targeting: { if: [beta, split, 'off'] } });
    // One in ten is in the group, and one in ten of those on the new path.
    await bed.serve(8, { exposures: 20, requests: 20, errors: 0 }, { exposures: 1980, requests: 1980, errors: 0 });
    expect(await bed.judge()).toEqual({ outcome: 'promote', last: false });
  });

  it('with too little traffic on either side is held', async () => {
    const bed = await inFirstStage({ minSample: 100 });
    await bed.serve(7, { exposures: 10, requests: 10, errors: 0 }, off(10));
    expect(await bed.judge()).toMatchObject({ outcome: 'hold' });
    expect((await bed.progress()).held.join(' ')).toMatch(/The smaller arm has \d+ exposures; 100 are needed/);
  });

  it('says after two periods that nobody sends what a guardrail reads', async () => {
    const bed = await inFirstStage();
    await bed.serve(1, { ...GOOD, requests: -1, errors: -1 }, { ...GOOD, requests: -1, errors: -1 });
    await bed.judge();
    expect((await bed.progress()).held.join(' ')).toContain('errors waits for its first data');
    await bed.serve(1, { ...GOOD, requests: -1, errors: -1 }, { ...GOOD, requests: -1, errors: -1 });
    expect(await bed.judge()).toMatchObject({ outcome: 'hold' });
    expect((await bed.progress()).held.join(' ')).toMatch(/Nobody has sent Requests for 0\.3 min/);
  });

  it('whose new path is shown and says nothing is taken back', async () => {
    const bed = await inFirstStage();
    await bed.serve(4, DEAD, GOOD);
    expect(await bed.judge()).toMatchObject({ outcome: 'failed', code: 'GUARDRAIL_TRIPPED' });
    expect(await bed.served()).toEqual(BEFORE);
    expect((await bed.progress()).verdict).toMatchObject({ decision: 'rollback', reasons: [expect.stringContaining('dead')] });
  });

  it('on bad figures goes back before anybody is told why', async () => {
    const bed = await inFirstStage();
    await bed.serve(4, BAD, GOOD);
    const judged = await bed.judge();
    expect(judged).toMatchObject({ outcome: 'failed', message: expect.stringContaining('errors has tripped') });
    expect(await bed.served()).toEqual(BEFORE);
    expect((await bed.flag()).tripped).toMatchObject({ by: 'judge' });
    // A repeat of the same look, and a later one, say the same.
    expect(await bed.judge()).toMatchObject({ outcome: 'failed', code: 'GUARDRAIL_TRIPPED' });
    expect((await bed.run()).epoch).toBe(1);
  });

  it('has the bake time and the sample of its own', async () => {
    const bed = await inFirstStage({ stages: [{ percent: 10, bake: '5m', minSample: 10_000 }, 50, 100] });
    await bed.serve(12, on(10), off(10));
    await bed.judge();
    expect((await bed.progress()).held.join(' ')).toMatch(/2 min of 5 min.*10000 are needed/);
  });

  it('with an approval waits for a person, whatever the figures', async () => {
    const bed = await inFirstStage({ approval: true });
    await bed.serve(8, on(10), off(10));
    expect(await bed.judge()).toMatchObject({ outcome: 'hold' });
    expect((await bed.progress()).held).toEqual([`This stage waits for a person: slipway promote ${bed.id} search`]);
    await promoteStage(bed.deps, await bed.run(), bed.component, said);
    expect(await bed.judge()).toEqual({ outcome: 'promote', last: false });
    await bed.shift();
    await bed.serve(8, on(50), off(50));
    expect(await bed.judge()).toMatchObject({ outcome: 'hold' });
  });

  it('with an approval of its own waits for a person, and the others do not', async () => {
    const bed = await inFirstStage({ stages: [10, { percent: 50, approval: true }, 100] });
    await bed.serve(8, on(10), off(10));
    expect(await bed.judge()).toEqual({ outcome: 'promote', last: false });
    await bed.shift();
    await bed.serve(8, on(50), off(50));
    expect(await bed.judge()).toMatchObject({ outcome: 'hold' });
    expect((await bed.progress()).held).toEqual([`This stage waits for a person: slipway promote ${bed.id} search`]);
  });

  it('whose subjects are dealt by a key of their customer has no intended ratio of exposures', async () => {
    const skewed = [{ exposures: 1000, requests: 1000, errors: 0 }, off(10)] as const;
    const dealt = await inFirstStage({}, BEFORE);
    await dealt.serve(8, ...skewed);
    expect((await dealt.judge()).outcome).toBe('hold');
    expect((await dealt.progress()).held.join(' ')).toContain('the split is broken');
    // One customer in ten, and most of the subjects are its.
    const byCustomer = await inFirstStage({ by: 'customer' }, BEFORE);
    await byCustomer.serve(8, ...skewed);
    expect(await byCustomer.judge()).toEqual({ outcome: 'promote', last: false });
  });

  it('whose exposures flag providers count has no intended ratio: each process counts for itself', async () => {
    const bed = await inFirstStage();
    const put = (variation: string, count: number) =>
      bed.metrics.put([{ ...exposureSeries('staging', 'new-search', variation), at: bed.clock.now(), values: [count] }]);
    for (let period = 0; period < 8; period += 1) {
      await put('on', 1000);
      await put('off', 100);
      await bed.serve(1, { ...on(10), exposures: -1 }, { ...off(10), exposures: -1 });
    }
    expect(await bed.judge()).toEqual({ outcome: 'promote', last: false });
  });

  it('is promoted by hand whatever it lacks, but not through a guardrail', async () => {
    const bed = await inFirstStage();
    await promoteStage(bed.deps, await bed.run(), bed.component, said);
    await bed.serve(4, BAD, GOOD);
    expect(await bed.judge()).toMatchObject({ outcome: 'failed' });
    const other = await inFirstStage();
    await promoteStage(other.deps, await other.run(), other.component, said);
    expect(await other.judge()).toEqual({ outcome: 'promote', last: false });
    expect((await other.progress()).verdict).toMatchObject({ decision: 'hold', byHand: true });
  });

  it('twice, also at once, is promoted once', async () => {
    const bed = await inFirstStage();
    await bed.serve(8, on(10), off(10));
    const answers = await Promise.allSettled([bed.judge(), bed.judge()]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { name: 'RivalError' } });
    expect(await bed.judge()).toEqual({ outcome: 'promote', last: false });
    expect((await bed.progress()).promoted).toBe(1);
  });

  it('by a late repeat, once the next is entered, is judged as the next', async () => {
    const bed = await inFirstStage();
    await bed.serve(8, on(10), off(10));
    await bed.judge();
    await bed.shift();
    expect(await bed.judge()).toMatchObject({ outcome: 'hold' });
    expect((await bed.progress()).promoted).toBe(1);
  });

  it('at 100 % needs no control, and is the last', async () => {
    const bed = await inFirstStage({ stages: [100] });
    await bed.serve(8, GOOD, NONE);
    expect(await bed.judge()).toEqual({ outcome: 'promote', last: true });
  });

  it('rests where the run is to pause, and where its environment is halted', async () => {
    const bed = await inFirstStage();
    await pauseRun(bed.deps, bed.id, 'ada');
    expect(await bed.judge()).toEqual({ outcome: 'paused' });
    await bed.put(haltKey('staging'), { active: true });
    expect(await bed.judge()).toEqual({ outcome: 'halted' });
  });

  it('hears of an alarm of another flag of its run', async () => {
    const bed = await inFirstStage();
    await bed.put(
      { pk: 'FLAG#staging#new-index', sk: 'FLAG' },
      {
        ...{ environment: 'staging', key: 'new-index', document: {}, rev: 1, owner: bed.id, ownerEpoch: 1, preImage: {} },
        tripped: { at: 1, by: 'alarm', reason: 'slow' },
      },
    );
    const context = { ...bed.context(), flags: ['new-search', 'new-index'] };
    expect(await judgeStage(context)).toMatchObject({ outcome: 'failed', message: expect.stringContaining('new-index') });
  });

  it('is looked at a sixtieth of its bake time later, and when that is over', async () => {
    const bed = await inFirstStage({ bake: '10m' });
    const { enteredAt } = await bed.progress();
    expect(await bed.judge()).toEqual({ outcome: 'hold', until: bed.clock.now() + 10_000 });
    await bed.clock.advanceTo(Number(enteredAt) + 599_000);
    expect(await bed.judge()).toEqual({ outcome: 'hold', until: Number(enteredAt) + 600_000 });
  });

  it('holds where the team’s own alarm does not exist', async () => {
    const bed = await inFirstStage({ guardrails: [{ type: 'alarm', name: 'ours', alarm: 'team-alarm' }] });
    await bed.serve(8, on(10), off(10));
    expect(await bed.judge()).toMatchObject({ outcome: 'hold' });
    expect((await bed.progress()).held.join(' ')).toContain('there is no alarm team-alarm');
    expect(alarmNameOf({ runId: 'r', environment: 'e', component: 'c' }, rollout().guardrails[0] ?? fail())).toBe(
      'slipway-guardrail-e-r-c-errors',
    );
  });
});

const fail = (): never => {
  throw new Error('no guardrail');
};
