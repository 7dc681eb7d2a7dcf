import { describe, expect, it } from 'vitest';
import { EffectUnansweredError } from '../../../../shared/errors/run-errors.ts';
import { UserCodeNotStartedError } from '../../../../shared/errors/user-code-errors.ts';
import { haltKey } from '../../../../shared/run/keys.ts';
import { CLOCK_MARGIN_MS } from '../../../../shared/run/steps.ts';
import { intentOf, NOW, runBed } from './run-bed.ts';
import { failing, stale, takenUp } from './step-bed.ts';

describe('an intent of another invocation', () => {
  it('stands until its deadline and the margin between clocks are over', async () => {
    const { go, effects, clock } = await takenUp({}, { intent: { ...intentOf() } });
    const until = NOW + 10_000 + CLOCK_MARGIN_MS;
    expect(await go()).toEqual({ outcome: 'wait', until });
    await clock.advanceTo(until - 1);
    expect(await go(undefined, 'mine', NOW + 90_000)).toEqual({ outcome: 'wait', until });
    expect(effects.asked).toEqual([]);
    await clock.advanceTo(until);
    expect(await go(undefined, 'mine', NOW + 90_000)).toEqual({ outcome: 'done' });
  });

  it('is no reason to wait once its function has ended', async () => {
    const { go } = await takenUp({}, { intent: { ...intentOf({ ended: true }) } });
    expect(await go()).toEqual({ outcome: 'done' });
  });

  it('is repeated, under a new intent, where the effect is idempotent', async () => {
    const { go, effects, store } = await takenUp({}, stale({ attempt: 2 }));
    store.sent.length = 0;
    await go();
    expect(effects.asked).toEqual(['do 0', 'do 1']);
    expect(store.sent.find(({ name }) => name === 'item.transition')?.set).toMatchObject({
      intent: { step: 0, attempt: 3, by: 'mine' },
    });
  });

  it.each([
    [true, ['probe 0', 'do 1']],
    [false, ['probe 0', 'do 0', 'do 1']],
  ])('is asked about where the effect is probeable: it stands: %s', async (stands, asked) => {
    const { go, effects } = await takenUp({ effect: 'probeable', probe: async () => stands }, stale());
    expect(await go()).toEqual({ outcome: 'done' });
    expect(effects.asked).toEqual(asked);
  });

  it('is ambiguous where the effect is manual, and the next action is named as a command that works', async () => {
    const { go, effects, now, of } = await takenUp({ effect: 'manual' }, stale());
    const next = `Find out whether the effect of step 0 of one stands, then: slipway rollback ${of.id} -m REASON --stands one/0=yes|no`;
    expect(await go()).toEqual({ outcome: 'ambiguous', step: 0, next });
    expect(effects.asked).toEqual([]);
    expect(await now()).toMatchObject({
      status: 'ambiguous',
      intent: { step: 0 },
      lastEvent: { type: 'ambiguousEffect', data: { next } },
    });
  });

  it.each([
    [true, ['do 1']],
    [false, ['do 0', 'do 1']],
  ])('of an earlier epoch is settled by a person’s word: it stands: %s', async (stands, asked) => {
    const { go, effects } = await takenUp({ effect: 'manual' }, stale({ epoch: 0 }), { stands: { 0: stands } });
    expect(await go()).toEqual({ outcome: 'done' });
    expect(effects.asked).toEqual(asked);
  });

  it('of this epoch is not settled by a word that was given before it', async () => {
    const { go } = await takenUp({ effect: 'manual' }, stale(), { stands: { 0: true } });
    expect(await go()).toMatchObject({ outcome: 'ambiguous' });
  });

  it.each(['probeable', 'manual'] as const)(
    'that is known never to have begun is carried out though it is %s',
    async (effect) => {
      const { go, effects } = await takenUp({ effect, count: 1 }, stale({ began: false, ended: true }));
      expect(await go()).toEqual({ outcome: 'done' });
      expect(effects.asked).toEqual(['do 0']);
    },
  );

  it('is left as it is while the gate is shut', async () => {
    const { go, effects, now, put } = await takenUp({}, stale());
    await put(haltKey('staging'), { active: true });
    expect(await go()).toEqual({ outcome: 'halted' });
    expect(effects.asked).toEqual([]);
    expect((await now()).intent?.by).toBe('dead-invocation');
  });
});

describe('a step that fails', () => {
  it('for good ends the slice and is written down', async () => {
    const { go, now } = await takenUp({ perform: failing });
    expect(await go()).toEqual({ outcome: 'failed', code: 'USER_CODE_TIMEOUT', message: 'too slow' });
    expect(await now()).toMatchObject({
      cursor: 0,
      failure: { code: 'USER_CODE_TIMEOUT', message: 'too slow', step: 0 },
      intent: { ended: true },
      lastEvent: { type: 'stepFailed' },
    });
  });

  it('with something that is no error of Slipway has a code all the same', async () => {
    const { go } = await takenUp({ perform: () => Promise.reject('a string') });
    expect(await go()).toEqual({ outcome: 'failed', code: 'UNEXPECTED', message: 'a string' });
  });

  it('is tried again within the slice after its delay, each attempt under its own intent', async () => {
    const attempts: number[] = [];
    const bed = runBed();
    const work = await takenUp(
      {
        count: 1,
        perform: async () => {
          attempts.push((await work.now()).intent?.attempt ?? 0);
          return attempts.length < 3 ? failing() : 'ok';
        },
        retryAfter: () => 1000,
      },
      {},
      { bed },
    );
    expect(await work.go()).toEqual({ outcome: 'done' });
    expect(attempts).toEqual([1, 2, 3]);
    expect(bed.clock.now()).toBe(NOW + 2000);
    expect(await work.now()).not.toHaveProperty('failure');
  });

  it('and whose delay reaches beyond the slice is left to the next', async () => {
    const { go, effects, clock } = await takenUp({ count: 1, perform: failing, retryAfter: () => 60_000 });
    expect(await go()).toEqual({ outcome: 'wait', until: NOW + 60_000 });
    expect(clock.now()).toBe(NOW);
    await clock.advanceTo(NOW + 60_000);
    expect(await go(undefined, 'next', NOW + 120_000)).toMatchObject({ outcome: 'wait' });
    expect(effects.asked).toEqual(['do 0', 'do 0']);
  });

  it('and could not end within the slice after its delay is left to the next, probes included', async () => {
    const { go, effects, clock } = await takenUp({ effect: 'probeable', perform: failing, retryAfter: () => 55_000 });
    expect(await go()).toEqual({ outcome: 'wait', until: NOW + 55_000 });
    expect(effects.asked).toEqual(['do 0']);
    expect(clock.now()).toBe(NOW);
  });

  it('is probed before it is tried again where it is probeable', async () => {
    let probes = 0;
    const { go, effects } = await takenUp({
      effect: 'probeable',
      count: 1,
      perform: failing,
      probe: async () => ++probes > 1,
      retryAfter: () => 10,
    });
    expect(await go()).toEqual({ outcome: 'done' });
    expect(effects.asked).toEqual(['do 0', 'probe 0', 'do 0', 'probe 0']);
  });

  it.each([undefined, 10])('is ambiguous where it is manual, worth another attempt or not (%s)', async (delay) => {
    const { go, effects, now } = await takenUp({ effect: 'manual', perform: failing, retryAfter: () => delay });
    expect(await go()).toMatchObject({ outcome: 'ambiguous', step: 0 });
    expect(effects.asked).toEqual(['do 0']);
    expect((await now()).status).toBe('ambiguous');
  });

  it('without having begun has failed and is not ambiguous though it is manual', async () => {
    const late = () => Promise.reject(new UserCodeNotStartedError('too late'));
    const { go, now } = await takenUp({ effect: 'manual', perform: late });
    expect(await go()).toMatchObject({ outcome: 'failed', code: 'USER_CODE_NOT_STARTED' });
    expect((await now()).intent).toMatchObject({ ended: true, began: false });
  });

  it('without an answer may be under way until its deadline', async () => {
    const { go, now, effects } = await takenUp({ perform: () => Promise.reject(new EffectUnansweredError('cut off')) });
    expect(await go()).toEqual({ outcome: 'wait', until: NOW + 10_000 + CLOCK_MARGIN_MS });
    expect((await now()).intent).not.toHaveProperty('ended');
    expect(effects.asked).toEqual(['do 0']);
  });
});
