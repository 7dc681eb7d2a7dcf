import { describe, expect, it } from 'vitest';
import { SupersededError } from '../../../../shared/errors/run-errors.ts';
import { hold, isUnderWay, loadRollout } from '../../../../shared/rollout/rollout-context.ts';
import { goBack } from '../../../../shared/run/command-run.ts';
import { seizeItems } from '../../../../shared/run/take-over.ts';
import { intentOf, writerOf } from '../run/run-bed.ts';
import { inFirstStage, rolloutBed } from './rollout-bed.ts';

type Bed = Awaited<ReturnType<typeof rolloutBed>>;
const say = async (bed: Bed, ...held: string[]) => hold(bed.context(), await loadRollout(bed.context()), held);
const rev = async (bed: Bed) => (await bed.work()).rev;

describe('what a rollout is held for', () => {
  it('is written with its event before the call ends', async () => {
    const bed = await inFirstStage();
    await say(bed, 'It has 5 of 10.');
    const { items } = await bed.store.list(`RUN#${bed.id}`, { prefix: 'EVENT#COMPONENT#search#' });
    expect(items.at(-1)).toMatchObject({ type: 'stageHeld', data: { held: ['It has 5 of 10.'] } });
  });

  it('is written again where the words differ, and where only figures do, after a tenth of the bake time', async () => {
    const bed = await inFirstStage();
    await say(bed, 'It has 5 of 10.');
    const written = await rev(bed);
    await say(bed, 'It has 6 of 10.');
    expect(await rev(bed)).toBe(written);
    await bed.clock.advanceTo(bed.clock.now() + 6_000);
    await say(bed, 'It has 6 of 10.');
    expect(await rev(bed)).toBe(written + 1);
    await say(bed, 'It waits.');
    expect(await rev(bed)).toBe(written + 2);
  });

  it('is said by nobody whose epoch is over', async () => {
    const bed = await inFirstStage();
    const before = await loadRollout(bed.context());
    const { run } = await goBack(bed.deps, bed.id, { actor: 'ada', reason: 'slow' });
    await seizeItems(bed.deps, run, writerOf(run));
    await expect(hold(bed.context(), before, ['late'])).rejects.toThrow(SupersededError);
  });
});

describe('a stage', () => {
  it('is under way from its intent until it is judged good', async () => {
    const bed = await rolloutBed();
    await bed.prepare();
    const under = async () => isUnderWay(await loadRollout(bed.context()));
    const put = (set: object) => bed.put({ pk: `RUN#${bed.id}`, sk: 'COMPONENT#search' }, set as never);
    expect(await under()).toBe(false);
    await put({ intent: intentOf() });
    expect(await under()).toBe(true);
    await put({ intent: { ...intentOf(), ended: true } });
    expect(await under()).toBe(false);
    await put({ cursor: 1, progress: { promoted: 0 } });
    expect(await under()).toBe(true);
    await put({ cursor: 1, progress: { promoted: 1 } });
    expect(await under()).toBe(false);
  });
});
