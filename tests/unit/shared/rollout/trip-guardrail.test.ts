import { describe, expect, it } from 'vitest';
import { tripGuardrail } from '../../../../shared/rollout/trip-guardrail.ts';
import { admitRun } from '../../../../shared/run/admit-run.ts';
import { goOn, pauseRun } from '../../../../shared/run/command-run.ts';
import { finishRun } from '../../../../shared/run/finish-run.ts';
import { runKey } from '../../../../shared/run/keys.ts';
import { writerOf } from '../run/run-bed.ts';
import { BEFORE, inFirstStage, rolloutBed } from './rollout-bed.ts';

type Bed = Awaited<ReturnType<typeof rolloutBed>>;

/** How often the run was turned back, and by whom. */
async function turns({ store, id }: Bed): Promise<readonly string[]> {
  const { items } = await store.list(runKey(id).pk, { prefix: 'EVENT#RUN#' });
  return items.flatMap(({ type, data, actor }) =>
    type === 'takenOver' && (data as { direction: string }).direction === 'back' ? [String(actor)] : [],
  );
}

async function endsOnOld(bed: Bed): Promise<void> {
  expect(await bed.goBack()).toBe('rolled-back');
  expect(await bed.flag()).toMatchObject({ document: BEFORE });
  expect((await bed.flag()).owner).toBeUndefined();
  expect((await bed.store.listIndex('open', 'lock')).items).toEqual([]);
  expect(await turns(bed)).toEqual(['alarm errors']);
}

describe('a guardrail that trips', () => {
  it('sends the flag back at once, then the run', async () => {
    const bed = await inFirstStage();
    expect(await bed.served()).toMatchObject({ percent: 10 });
    expect(await bed.trip()).toEqual({ failedOver: true, goingBack: true });
    expect(await bed.served()).toEqual(BEFORE);
    expect(await bed.run()).toMatchObject({ status: 'rolling-back', epoch: 2 });
    await endsOnOld(bed);
  });

  it('delivered three times turns the run back once', async () => {
    const bed = await inFirstStage();
    const answers = await Promise.all([bed.trip(), bed.trip(), bed.trip()]);
    expect(answers).toEqual(Array.from({ length: 3 }, () => ({ failedOver: true, goingBack: true })));
    expect((await bed.run()).epoch).toBe(2);
    await endsOnOld(bed);
    expect(await bed.trip()).toEqual({ failedOver: false, goingBack: false });
    expect(await bed.run()).toMatchObject({ status: 'rolled-back', epoch: 2 });
  });

  it('before the first stage leaves the flag as it was', async () => {
    const bed = await rolloutBed();
    await bed.prepare();
    expect(await bed.trip()).toEqual({ failedOver: true, goingBack: true });
    await endsOnOld(bed);
  });

  it('during a shift does not let the percentage rise again', async () => {
    const bed = await rolloutBed();
    await bed.prepare();
    bed.store.meetOnce('flag.command', async (send) => {
      await bed.trip();
      return send();
    });
    expect(await bed.shift()).toMatchObject({ outcome: 'failed', code: 'GUARDRAIL_TRIPPED' });
    expect(await bed.served()).toEqual(BEFORE);
    await endsOnOld(bed);
  });

  it('just before the shift is read ends the stage', async () => {
    const bed = await rolloutBed();
    await bed.prepare();
    bed.workflow.dieAtStart = true;
    await expect(bed.trip()).rejects.toThrow('the process died');
    expect(await bed.run()).toMatchObject({ status: 'rolling-back' });
    await endsOnOld(bed);
  });

  it('during a pause takes the run back', async () => {
    const bed = await inFirstStage();
    await pauseRun(bed.deps, bed.id, 'ada');
    expect(await bed.judge()).toEqual({ outcome: 'paused' });
    await finishRun(bed.deps, { runId: bed.id, epoch: 1 }, { outcome: 'paused' });
    await bed.clock.advanceTo(bed.clock.now() + 86_400_000);
    expect(await bed.trip()).toEqual({ failedOver: true, goingBack: true });
    await endsOnOld(bed);
    await expect(goOn(bed.deps, bed.id, { actor: 'ada', reason: 'again' })).rejects.toThrow(/turned back/);
  });

  it('after completion takes the run back within its window', async () => {
    const bed = await inFirstStage({ rollbackWindow: '1h' });
    await bed.finish();
    await bed.clock.advanceTo(bed.clock.now() + 3_600_000);
    expect(await bed.trip()).toEqual({ failedOver: false, goingBack: true });
    await endsOnOld(bed);
  });

  it('after its window has closed takes nothing back, however late the alarm is', async () => {
    const bed = await inFirstStage({ rollbackWindow: '1h' });
    await bed.finish();
    await bed.clock.advanceTo(bed.clock.now() + 3_600_001);
    expect(await bed.trip()).toEqual({ failedOver: false, goingBack: false });
    expect(await bed.run()).toMatchObject({ status: 'succeeded', epoch: 1 });
    expect(await bed.served()).toMatchObject({ percent: 10 });
  });

  it('after a later run took the flag leaves it to that run, and says so once', async () => {
    const bed = await inFirstStage();
    await bed.finish();
    const later = await bed.start(bed.request);
    await admitRun(bed.deps, writerOf(later));
    for (const _ of [1, 2, 3]) await bed.trip().then(() => bed.goBack());
    expect(await bed.flag()).toMatchObject({ owner: later.id, document: { percent: 10 } });
    expect((await bed.flag()).tripped).toBeUndefined();
    expect(await bed.run()).toMatchObject({ status: 'succeeded', next: expect.stringContaining(later.id) });
    expect(await turns(bed)).toEqual(['alarm errors']);
  });

  it('of a run that is gone is nobody’s', async () => {
    const bed = await rolloutBed();
    const owner = { runId: 'gone', environment: 'staging', component: 'search', guardrail: 'errors', flag: 'new-search' };
    expect(await tripGuardrail(bed.deps, owner, { name: 'a', reason: 'late' })).toEqual({ failedOver: false, goingBack: false });
  });

  it.each(['before', 'after'])(
    'does what is left to do when it dies %s any of its writes and is delivered again',
    async (when) => {
      let died = true;
      for (let at = 0; died; at += 1) {
        const bed = await inFirstStage();
        let left = at;
        bed.store.meet(async (_, send) => {
          const dies = left-- === 0;
          const result = dies && when === 'before' ? undefined : await send();
          if (dies || !result) throw new Error('died');
          return result;
        });
        died = (await bed.trip().catch(() => 'died')) === 'died';
        bed.store.meet(undefined);
        for (const _ of [2, 3]) expect(await bed.trip()).toEqual({ failedOver: true, goingBack: true });
        expect((await bed.run()).epoch).toBe(2);
        await endsOnOld(bed);
        if (!died) expect(at).toBeGreaterThan(2);
      }
    },
  );
});
