import { describe, expect, it } from 'vitest';
import { lowerStage, promoteStage } from '../../../../shared/rollout/command-rollout.ts';
import { hold, loadRollout } from '../../../../shared/rollout/rollout-context.ts';
import { goBack } from '../../../../shared/run/command-run.ts';
import { completeComponent } from '../../../../shared/run/component-end.ts';
import { GOOD, inFirstStage, rolloutBed } from './rollout-bed.ts';

const said = { actor: 'ada', reason: 'slow' };
type Bed = Awaited<ReturnType<typeof rolloutBed>>;
const promote = async (bed: Bed) => promoteStage(bed.deps, await bed.run(), bed.component, said);
const lower = async (bed: Bed, stage: number) =>
  lowerStage(bed.deps, await bed.run(), bed.component, stage, said, bed.documentAt);

/** In the stage of this index, counted from 0. */
const inStage = async (stage: number) => {
  const bed = await inFirstStage();
  for (let at = 0; at < stage; at += 1) {
    await promote(bed);
    await bed.judge();
    await bed.shift();
  }
  return bed;
};

describe('promoting a stage by hand', () => {
  it('is heeded by the next look', async () => {
    const bed = await inFirstStage();
    expect(await promote(bed)).toMatchObject({ stage: 0 });
    expect(await bed.judge()).toEqual({ outcome: 'promote', last: false });
  });

  it('tells within how long it is heeded', async () => {
    const bed = await inFirstStage({ bake: '10m' });
    expect(await promote(bed)).toEqual({ stage: 0, heardWithinMs: 10_000 });
    await bed.clock.advanceTo(bed.clock.now() + 20 * 3_600_000);
    expect(await promote(bed)).toEqual({ stage: 0, heardWithinMs: 300_000 });
  });

  it('is decided again where a look wrote first', async () => {
    const bed = await inFirstStage();
    bed.store.meetOnce('item.transition', async (send) => {
      await hold(bed.context(), await loadRollout(bed.context()), ['It waits.']);
      return send();
    });
    expect(await promote(bed)).toMatchObject({ stage: 0 });
    expect(await bed.progress()).toMatchObject({ byHand: 1, held: ['It waits.'] });
  });

  it('is refused before the first stage, between two, after the last and in a run that goes back', async () => {
    const none = await rolloutBed();
    await none.prepare();
    await expect(promote(none)).rejects.toThrow(/has entered no stage yet/);
    const between = await inFirstStage();
    await promote(between);
    await between.judge();
    await expect(promote(between)).rejects.toThrow(/may enter its next stage already/);
    const bed = await inFirstStage();
    await completeComponent(bed.deps, { runId: bed.id, epoch: 1 }, 'search');
    await expect(promote(bed)).rejects.toThrow(/been through all its stages/);
    await goBack(bed.deps, bed.id, said);
    await expect(promote(bed)).rejects.toThrow(/is rolling-back/);
  });
});

describe('lowering a rollout to an earlier stage', () => {
  it('shifts the flag at once and holds it there until a person promotes it', async () => {
    const bed = await inStage(2);
    await lower(bed, 0);
    expect(await bed.served()).toMatchObject({ percent: 10 });
    expect(await bed.progress()).toMatchObject({ promoted: 0, heldByHand: true, held: ['A person took it back to 10 %: slow'] });
    expect(await bed.work()).toMatchObject({ cursor: 1 });
    expect(await bed.clear()).toEqual({ outcome: 'clear' });
    expect(await bed.shift()).toMatchObject({ outcome: 'entered', stage: 0 });
    await bed.serve(8, GOOD, { ...GOOD, exposures: 900 });
    expect(await bed.judge()).toMatchObject({ outcome: 'hold' });
    expect((await bed.progress()).held).toEqual([`A person holds it at this stage: slipway promote ${bed.id} search`]);
    expect(await promote(bed)).toMatchObject({ stage: 0 });
    expect(await bed.judge()).toEqual({ outcome: 'promote', last: false });
    expect(await bed.shift()).toMatchObject({ outcome: 'entered', stage: 1 });
    expect(await bed.served()).toMatchObject({ percent: 50 });
  });

  it('is mended by the machine where it died before the flag was shifted', async () => {
    const bed = await inStage(2);
    bed.store.meetOnce('flag.command', async () => {
      throw new Error('died');
    });
    await expect(lower(bed, 0)).rejects.toThrow('died');
    expect(await bed.served()).toMatchObject({ percent: 100 });
    expect(await bed.judge()).toEqual({ outcome: 'promote', last: false });
    expect(await bed.clear()).toEqual({ outcome: 'clear' });
    const waits = await bed.shift();
    expect(waits).toMatchObject({ outcome: 'wait' });
    await bed.clock.advanceTo((waits as { until: number }).until);
    expect(await bed.shift()).toMatchObject({ outcome: 'entered', stage: 0 });
    expect(await bed.served()).toMatchObject({ percent: 10 });
    expect(await bed.progress()).toMatchObject({ heldByHand: true });
  });

  it('leaves a rollback something to undo, wherever it died', async () => {
    for (const write of ['item.transition', 'flag.command']) {
      const bed = await inStage(2);
      let left = write === 'flag.command' ? 1 : 2;
      bed.store.meet(async (given, send) => {
        if (given.name !== write) return send();
        left -= 1;
        if (left === 0) throw new Error('died');
        return send();
      });
      await expect(lower(bed, 0)).rejects.toThrow('died');
      bed.store.meet(undefined);
      await goBack(bed.deps, bed.id, said);
      await bed.clock.advanceTo(bed.clock.now() + 20_000);
      expect(await bed.goBack()).toBe('rolled-back');
      expect(await bed.flag()).toMatchObject({ document: { state: 'ENABLED', percent: 0 } });
    }
  });

  it('goes lower again', async () => {
    const bed = await inStage(2);
    await lower(bed, 1);
    await lower(bed, 0);
    expect(await bed.served()).toMatchObject({ percent: 10 });
    await expect(lower(bed, 0)).rejects.toThrow(/at stage 0, which is no higher than 0/);
  });

  it('is refused upwards, at its own stage and while it is being shifted', async () => {
    const bed = await inStage(1);
    await expect(lower(bed, 1)).rejects.toThrow(/no higher than 1/);
    await expect(lower(bed, 2)).rejects.toThrow(/no higher than 2/);
    await expect(lower(bed, 7)).rejects.toThrow(/no stage 7/);
    const intent = { step: 2, back: false, deadline: bed.clock.now() + 10_000, by: 'machine', attempt: 1, epoch: 1 };
    await bed.put({ pk: `RUN#${bed.id}`, sk: 'COMPONENT#search' }, { intent });
    await expect(lower(bed, 0)).rejects.toThrow(/just being shifted/);
  });

  it('cannot bring traffic back after a guardrail has tripped', async () => {
    const bed = await inStage(2);
    bed.store.meetOnce('flag.command', async (send) => {
      await bed.trip();
      return send();
    });
    await expect(lower(bed, 0)).rejects.toThrow(/tripped|taken over/);
    expect(await bed.served()).toMatchObject({ percent: 0 });
  });
});
