import { describe, expect, it } from 'vitest';
import { hold, loadRollout } from '../../../../shared/rollout/rollout-context.ts';
import { inFirstStage } from './rollout-bed.ts';

/** A rollout of one minute a stage that is held with one sentence, ever again. */
async function heldStage() {
  const bed = await inFirstStage();
  const say = async (sentence: string, verdict?: object) => {
    const context = bed.context();
    await hold(context, await loadRollout(context), [sentence], verdict as never);
  };
  return { bed, say, rev: async () => (await bed.work()).rev };
}

describe('a stage that is held', () => {
  it('writes another sentence at once, and the same with other figures after a tenth of the bake time', async () => {
    const { bed, say, rev } = await heldStage();
    await say('It has 5 exposures.', { n: 5 });
    const written = await rev();
    await bed.clock.advanceTo(bed.clock.now() + 5_000);
    await say('It has 6 exposures.', { n: 6 });
    expect(await rev()).toBe(written);
    await bed.clock.advanceTo(bed.clock.now() + 1_000);
    await say('It has 7 exposures.', { n: 7 });
    expect(await bed.progress()).toMatchObject({ held: ['It has 7 exposures.'], verdict: { n: 7 } });
    await say('A person holds it.', { n: 7 });
    expect(await bed.progress()).toMatchObject({ held: ['A person holds it.'] });
  });

  it('is written the more rarely the longer it is held', async () => {
    const { bed, say, rev } = await heldStage();
    const before = await rev();
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      await bed.clock.advanceTo(bed.clock.now() + 60_000);
      await say(`It has ${minute} exposures.`, { n: minute });
    }
    expect((await rev()) - before).toBeGreaterThan(20);
    expect((await rev()) - before).toBeLessThan(80);
  });

  it('without a verdict is written once for the same sentences', async () => {
    const { bed, say, rev } = await heldStage();
    await say('It is frozen.');
    const written = await rev();
    await bed.clock.advanceTo(bed.clock.now() + 3_600_000);
    await say('It is frozen.');
    expect(await rev()).toBe(written);
  });
});
