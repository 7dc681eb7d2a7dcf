import { describe, expect, it } from 'vitest';
import { promoteStage } from '../../../../shared/rollout/command-rollout.ts';
import { shiftStage, undoStages } from '../../../../shared/rollout/shift-stage.ts';
import { goBack, goOn, pauseRun } from '../../../../shared/run/command-run.ts';
import { finishRun } from '../../../../shared/run/finish-run.ts';
import { ownFlags } from '../../../../shared/run/flag-access.ts';
import { haltKey } from '../../../../shared/run/keys.ts';
import { seizeRun } from '../../../../shared/run/roll-back.ts';
import { seizeItems } from '../../../../shared/run/take-over.ts';
import { writerOf } from '../run/run-bed.ts';
import { BEFORE, inFirstStage, rolloutBed } from './rollout-bed.ts';

const said = { actor: 'ada', reason: 'good' };

describe('shifting to a stage', () => {
  it('moves the flag and notes when it was entered', async () => {
    const bed = await rolloutBed();
    await bed.prepare();
    const now = bed.clock.now();
    expect(await bed.shift()).toEqual({ outcome: 'entered', stage: 0, until: now + 1000 });
    expect(await bed.served()).toMatchObject({ percent: 10 });
    expect(await bed.progress()).toMatchObject({ promoted: 0, enteredAt: now });
  });

  it('again leaves the stage and its time as they are', async () => {
    const bed = await inFirstStage();
    const { enteredAt } = await bed.progress();
    const { rev } = await bed.work();
    await bed.clock.advanceTo(bed.clock.now() + 5000);
    expect(await bed.shift()).toMatchObject({ outcome: 'entered', stage: 0 });
    expect(await bed.work()).toMatchObject({ rev, progress: { enteredAt } });
  });

  it('that died after the flag was shifted waits for the deadline, and notes the time then', async () => {
    const bed = await rolloutBed();
    await bed.prepare();
    let writes = 0;
    bed.store.meet(async ({ name }, send) => {
      if (name === 'item.transition') writes += 1;
      if (writes === 2) throw new Error('died');
      return send();
    });
    await expect(bed.shift()).rejects.toThrow('died');
    bed.store.meet(undefined);
    expect(await bed.served()).toMatchObject({ percent: 10 });
    const waits = await bed.shift();
    expect(waits).toMatchObject({ outcome: 'wait' });
    const { until } = waits as { until: number };
    await bed.clock.advanceTo(until);
    expect(await bed.shift()).toMatchObject({ outcome: 'entered', stage: 0 });
    expect((await bed.progress()).enteredAt).toBe(until);
  });

  it('rests where the run is to pause, and goes on from there after', async () => {
    const bed = await rolloutBed();
    await bed.prepare();
    await pauseRun(bed.deps, bed.id, 'ada');
    expect(await bed.shift()).toEqual({ outcome: 'paused' });
    expect(await bed.served()).toEqual(BEFORE);
  });

  it('after a pause in a stage keeps the stage and the time it was entered: it was served all along', async () => {
    const bed = await inFirstStage();
    const { enteredAt } = await bed.progress();
    await pauseRun(bed.deps, bed.id, 'ada');
    await finishRun(bed.deps, { runId: bed.id, epoch: 1 }, { outcome: 'paused' });
    await bed.clock.advanceTo(bed.clock.now() + 60_000);
    const { run } = await goOn(bed.deps, bed.id, { actor: 'ada', reason: 'on' });
    await ownFlags(bed.deps, writerOf(run), run);
    await seizeItems(bed.deps, run, writerOf(run));
    expect(await shiftStage(bed.context(run), bed.documentAt)).toMatchObject({ outcome: 'entered', stage: 0 });
    expect(await bed.progress()).toMatchObject({ enteredAt });
  });

  it('does nothing where the environment is halted', async () => {
    const bed = await rolloutBed();
    await bed.prepare();
    await bed.put(haltKey('staging'), { active: true });
    expect(await bed.shift()).toEqual({ outcome: 'halted' });
    expect(await bed.served()).toEqual(BEFORE);
  });

  it('two at once enter it once', async () => {
    const bed = await rolloutBed();
    await bed.prepare();
    const answers = await Promise.all([bed.shift(), bed.shift()]);
    expect(answers.map(({ outcome }) => outcome).sort()).toEqual(['entered', 'more']);
    expect(await bed.work()).toMatchObject({ cursor: 1 });
  });
});

describe('taking the stages back', () => {
  const back = async (stages: number) => {
    const bed = await inFirstStage();
    for (let stage = 1; stage < stages; stage += 1) {
      await promoteStage(bed.deps, await bed.run(), bed.component, said);
      await bed.judge();
      await bed.shift();
    }
    await goBack(bed.deps, bed.id, said);
    return bed;
  };

  it.each([1, 2, 3])('after %i of them restores the document as it was', async (stages) => {
    const bed = await back(stages);
    expect(await bed.goBack()).toBe('rolled-back');
    expect((await bed.flag()).document).toEqual(BEFORE);
    expect(await bed.flag()).not.toHaveProperty('preImage');
  });

  it('goes on where it died', async () => {
    const bed = await back(3);
    const run = await bed.run();
    await seizeRun(bed.deps, writerOf(run));
    let writes = 0;
    bed.store.meet(async (_, send) => {
      writes += 1;
      if (writes === 6) throw new Error('died');
      return send();
    });
    await expect(undoStages(bed.context(run), bed.documentAt)).rejects.toThrow('died');
    bed.store.meet(undefined);
    await bed.clock.advanceTo(bed.clock.now() + 20_000);
    expect(await undoStages(bed.context(run), bed.documentAt)).toEqual({ outcome: 'done' });
    expect((await bed.flag()).document).toEqual(BEFORE);
    expect(await bed.work()).toMatchObject({ cursor: 0 });
  });

  it('that were never entered leaves the flag alone', async () => {
    const bed = await rolloutBed();
    await bed.prepare();
    await goBack(bed.deps, bed.id, said);
    expect(await bed.goBack()).toBe('rolled-back');
    expect((await bed.flag()).document).toEqual(BEFORE);
  });
});
