import { describe, expect, it } from 'vitest';
import { EffectUnansweredError, SupersededError } from '../../../../shared/errors/run-errors.ts';
import { UserCodeNotStartedError } from '../../../../shared/errors/user-code-errors.ts';
import type { Value } from '../../../../shared/ports/store.ts';
import { componentKey, haltKey } from '../../../../shared/run/keys.ts';
import { CLOCK_MARGIN_MS, type StepEffects } from '../../../../shared/run/steps.ts';
import { undoSteps } from '../../../../shared/run/undo-steps.ts';
import { loadWork } from '../../../../shared/run/work-access.ts';
import { intentOf, NOW, present, runBed, settle, stepEffects, writerOf } from './run-bed.ts';
import { failing } from './step-bed.ts';

const AGAIN = 'slipway rollback r1 --component one -m REASON';

/** A component of three steps as somebody left it, and a slice that undoes it. */
const takenBack = async (facts: Partial<StepEffects>, left: Readonly<Record<string, Value>> = { cursor: 3 }, stands = {}) => {
  const bed = runBed();
  const run = await bed.admitted();
  await bed.open(run, 'one', left);
  const effects = stepEffects({ count: 3, ...facts });
  const go = (invocation = 'mine', until = bed.clock.now() + 60_000) =>
    settle(
      bed.clock,
      (async () => {
        const work = present(await loadWork(bed.deps, writerOf(run), componentKey(run.id, 'one')));
        const said = (step: number) => (stands as Record<number, boolean>)[step];
        const slice = { invocation, until };
        return undoSteps({ deps: bed.deps, effects, slice, environment: 'staging', stands: said, again: AGAIN }, work);
      })(),
    );
  return { ...bed, of: run, effects, go, now: () => bed.work(run, 'one') };
};

const stale = (facts = {}, cursor = 1) => ({
  intent: { ...intentOf({ step: 1, deadline: NOW - CLOCK_MARGIN_MS, ...facts }) },
  cursor,
});

describe('undoing steps', () => {
  it('goes from the last that stands to the first, one write a step', async () => {
    const { go, effects, now, store } = await takenBack({});
    store.sent.length = 0;
    expect(await go()).toEqual({ outcome: 'done' });
    expect(effects.asked).toEqual(['undo 2', 'undo 1', 'undo 0']);
    expect(store.sent.filter(({ name }) => name === 'item.transition')).toHaveLength(4);
    expect(await now()).toMatchObject({ cursor: 0 });
    expect(await now()).not.toHaveProperty('intent');
  });

  it('has nothing to do where no step stands', async () => {
    const { go, effects } = await takenBack({}, { cursor: 0 });
    expect(await go()).toEqual({ outcome: 'done' });
    expect(effects.asked).toEqual([]);
  });

  it('is not stopped by the emergency stop', async () => {
    const { go, put } = await takenBack({});
    await put(haltKey('staging'), { active: true });
    expect(await go()).toEqual({ outcome: 'done' });
  });

  it('says more where the next undo could outlive the slice, and goes on from there', async () => {
    const { go, effects, clock, now } = await takenBack({ undo: async () => clock.sleep(8000) });
    expect(await go('mine', NOW + 17_000)).toEqual({ outcome: 'more' });
    expect(await now()).toMatchObject({ cursor: 2 });
    expect(await now()).not.toHaveProperty('intent');
    expect(await go('mine', clock.now() + 9999)).toEqual({ outcome: 'more' });
    expect(await go('next')).toEqual({ outcome: 'done' });
    expect(effects.asked).toEqual(['undo 2', 'undo 1', 'undo 0']);
  });
});

describe('steps that nothing can undo', () => {
  it('are passed over and named', async () => {
    const { go, effects, now } = await takenBack({ undoable: false });
    expect(await go()).toEqual({ outcome: 'done' });
    expect(effects.asked).toEqual([]);
    expect(await now()).toMatchObject({ cursor: 0, notUndone: ['step 0', 'step 1', 'step 2'] });
  });

  it('are counted where they are too many to be named', async () => {
    const { go, now } = await takenBack({ undoable: false, count: 1000 }, { cursor: 1000 });
    await go();
    const { notUndone } = await now();
    expect(notUndone).toHaveLength(101);
    expect(notUndone?.at(-1)).toBe('and 900 more steps');
  });
});

describe('an unsettled forward intent', () => {
  it('stands until its deadline and the margin are over', async () => {
    const { go, effects } = await takenBack({}, { intent: { ...intentOf() } });
    expect(await go()).toEqual({ outcome: 'wait', until: NOW + 10_000 + CLOCK_MARGIN_MS });
    expect(effects.asked).toEqual([]);
  });

  it('is undone where the effect is idempotent, landed or not', async () => {
    const { go, effects } = await takenBack({}, stale({ began: false, ended: true }));
    await go();
    expect(effects.asked).toEqual(['undo 1', 'undo 0']);
  });

  it.each([
    [true, ['probe 1', 'undo 1', 'undo 0']],
    [false, ['probe 1', 'undo 0']],
  ])('is asked about where it is probeable: it stands: %s', async (stands, asked) => {
    const { go, effects, now } = await takenBack({ effect: 'probeable', probe: async () => stands }, stale());
    expect(await go()).toEqual({ outcome: 'done' });
    expect(effects.asked).toEqual(asked);
    expect((await now()).cursor).toBe(0);
  });

  it('is ambiguous where it is manual', async () => {
    const { go, effects, now } = await takenBack({ effect: 'manual' }, stale());
    expect(await go()).toMatchObject({ outcome: 'ambiguous', step: 1 });
    expect(effects.asked).toEqual([]);
    expect((await now()).status).toBe('ambiguous');
  });

  it.each([
    [true, ['undo 1', 'undo 0']],
    [false, ['undo 0']],
  ])('of an earlier epoch is settled by a person’s word: it stands: %s', async (stands, asked) => {
    const { go, effects } = await takenBack({ effect: 'manual' }, stale({ epoch: 0 }), { 1: stands });
    expect(await go()).toEqual({ outcome: 'done' });
    expect(effects.asked).toEqual(asked);
  });

  it.each(['probeable', 'manual'] as const)('that never began is struck off though it is %s', async (effect) => {
    const { go, effects } = await takenBack({ effect }, stale({ began: false, ended: true }));
    expect(await go()).toEqual({ outcome: 'done' });
    expect(effects.asked).toEqual(['undo 0']);
  });

  it('that may have landed is named where nothing can undo it', async () => {
    const { go, now } = await takenBack({ effect: 'probeable', undoable: false, probe: async () => true }, stale());
    await go();
    expect((await now()).notUndone).toEqual(['step 0', 'step 1']);
  });
});

describe('an unsettled undo', () => {
  const undoing = (facts = {}) => stale({ back: true, ...facts }, 2);

  it('is repeated where the effect is idempotent', async () => {
    const { go, effects, store } = await takenBack({}, undoing({ attempt: 4 }));
    store.sent.length = 0;
    await go();
    expect(effects.asked).toEqual(['undo 1', 'undo 0']);
    expect(store.sent.find(({ name }) => name === 'item.transition')?.set).toMatchObject({ intent: { attempt: 5, back: true } });
  });

  it.each([
    [true, ['probe 1', 'undo 1', 'undo 0']],
    [false, ['probe 1', 'undo 0']],
  ])('is asked about where it is probeable: it stands still: %s', async (stands, asked) => {
    const { go, effects } = await takenBack({ effect: 'probeable', probe: async () => stands }, undoing());
    await go();
    expect(effects.asked).toEqual(asked);
  });

  it('that never began is carried out though it is manual', async () => {
    const { go, effects } = await takenBack({ effect: 'manual' }, undoing({ began: false, ended: true }));
    expect(await go()).toEqual({ outcome: 'done' });
    expect(effects.asked).toEqual(['undo 1', 'undo 0']);
  });

  it('is ambiguous where it is manual and may have landed', async () => {
    const { go, now } = await takenBack({ effect: 'manual' }, undoing());
    expect(await go()).toMatchObject({ outcome: 'ambiguous', step: 1 });
    const next = `Find out whether the effect of step 1 of one stands, then: ${AGAIN} --stands one/1=yes|no`;
    expect((await now()).lastEvent?.data).toMatchObject({ step: 1, next });
  });
});

describe('an undo that fails', () => {
  it('for good ends the slice and is written down', async () => {
    const { go, now } = await takenBack({ undo: failing });
    expect(await go()).toEqual({ outcome: 'failed', code: 'USER_CODE_TIMEOUT', message: 'too slow' });
    expect(await now()).toMatchObject({ cursor: 3, failure: { step: 2 }, intent: { step: 2, back: true, ended: true } });
  });

  it('is tried again after its delay by the next slice', async () => {
    let calls = 0;
    const { go, effects, clock } = await takenBack({
      undo: async () => (calls++ === 0 ? failing() : undefined),
      retryAfter: () => 1000,
    });
    expect(await go()).toEqual({ outcome: 'wait', until: NOW + 1000 });
    await clock.advanceTo(NOW + 1000);
    expect(await go('next')).toEqual({ outcome: 'done' });
    expect(effects.asked).toEqual(['undo 2', 'undo 2', 'undo 1', 'undo 0']);
  });

  it('is ambiguous where it is manual', async () => {
    const { go } = await takenBack({ effect: 'manual', undo: failing });
    expect(await go()).toMatchObject({ outcome: 'ambiguous', step: 2 });
  });

  it('without having begun has failed and is not ambiguous though it is manual', async () => {
    const { go } = await takenBack({ effect: 'manual', undo: () => Promise.reject(new UserCodeNotStartedError('busy')) });
    expect(await go()).toMatchObject({ outcome: 'failed', code: 'USER_CODE_NOT_STARTED' });
  });

  it('without an answer may be under way until its deadline', async () => {
    const { go, now } = await takenBack({ undo: () => Promise.reject(new EffectUnansweredError('cut off')) });
    expect(await go()).toEqual({ outcome: 'wait', until: NOW + 10_000 + CLOCK_MARGIN_MS });
    expect((await now()).intent).not.toHaveProperty('ended');
  });
});

describe('another writer of the component', () => {
  it.each([
    ['of the same epoch is a rival', { rev: 9 }],
    ['of a later epoch has taken over', { epoch: 2 }],
  ])('%s', async (_, between) => {
    const { go, store, put, of, effects } = await takenBack({});
    store.meetOnce('item.transition', async (send) => {
      await put(componentKey(of.id, 'one'), between);
      return send();
    });
    if ('rev' in between) expect(await go()).toEqual({ outcome: 'more' });
    else await expect(go()).rejects.toThrow(SupersededError);
    expect(effects.asked).toEqual([]);
  });
});
