import { describe, expect, it } from 'vitest';
import { SupersededError } from '../../../../shared/errors/run-errors.ts';
import type { RunEvent } from '../../../../shared/ports/events.ts';
import { goBack, pauseRun } from '../../../../shared/run/command-run.ts';
import { completeComponent, failComponent } from '../../../../shared/run/component-end.ts';
import { componentsOf, type Ending, finishRun } from '../../../../shared/run/finish-run.ts';
import { lockKey } from '../../../../shared/run/keys.ts';
import type { RunState } from '../../../../shared/run/run-state.ts';
import { intentOf, NOW, runBed, writerOf } from './run-bed.ts';

type How = 'completed' | 'failed' | 'ambiguous' | 'working' | undefined;

/** A run whose two components are so. */
const ended = async (one: How, two: How, onFailure: RunState['onFailure'] = 'stop') => {
  const bed = runBed();
  const run = await bed.admitted({ onFailure });
  for (const [name, how] of [
    ['one', one],
    ['two', two],
  ] as const) {
    if (how === undefined) continue;
    await bed.open(
      run,
      name,
      how === 'ambiguous' ? { status: how, intent: { ...intentOf({ step: 4 }) } } : { status: 'working' },
    );
    if (how === 'completed') await completeComponent(bed.deps, writerOf(run), name);
    if (how === 'failed') await failComponent(bed.deps, writerOf(run), name, { code: 'X', message: `${name} broke` });
  }
  const finish = (ending: Ending) => finishRun(bed.deps, writerOf(run), ending);
  return { ...bed, id: run.id, of: run, finish, now: () => bed.run(run.id) };
};

describe('finishing a run', () => {
  it('whose components are complete succeeds and lets its locks go', async () => {
    const { finish, now, item } = await ended('completed', 'completed');
    expect(await finish({ outcome: 'completed' })).toEqual({ outcome: 'ended', status: 'succeeded' });
    expect(await now()).toMatchObject({ status: 'succeeded', succeeded: ['one', 'two'], endedAt: NOW });
    expect(await now()).not.toHaveProperty('next');
    expect(await item(lockKey('a'))).not.toHaveProperty('holder');
  });

  it('twice is as once', async () => {
    const { finish, now } = await ended('completed', 'completed');
    await finish({ outcome: 'completed' });
    const { rev } = await now();
    expect(await finish({ outcome: 'completed' })).toEqual({ outcome: 'ended', status: 'succeeded' });
    expect((await now()).rev).toBe(rev);
  });

  it.each([
    ['completed', 'succeeded'],
    ['failed', 'failed'],
  ] as const)(
    'tells how it ended also where an earlier attempt died between writing that and telling it (%s)',
    async (how, status) => {
      const { deps, of, finish } = await ended(how, how);
      const isEnd = ({ item, data }: RunEvent) => item === 'RUN' && data['to'] === status;
      const publish = async (all: readonly RunEvent[]) => {
        if (all.some(isEnd)) throw new Error('died');
      };
      const dying = { ...deps, events: { publish } };
      await expect(finishRun(dying, writerOf(of), { outcome: how })).rejects.toThrow('died');
      const told: RunEvent[] = [];
      const events = { publish: async (all: readonly RunEvent[]) => void told.push(...all) };
      expect(await finishRun({ ...deps, events }, writerOf(of), { outcome: how })).toEqual({ outcome: 'ended', status });
      expect(told.filter(isEnd)).toHaveLength(1);
      // The next attempt finds all told.
      expect(await finish({ outcome: how })).toEqual({ outcome: 'ended', status });
    },
  );

  it('judges by the items, not by what the machine says', async () => {
    const { finish, now } = await ended('completed', 'working');
    expect(await finish({ outcome: 'completed' })).toEqual({ outcome: 'ended', status: 'partially-failed' });
    expect((await now()).reason).toBe('The run ended before its components did (completed)');
  });

  it('that failed in part names what succeeded, what failed, and what to do', async () => {
    const { finish, now, id, item } = await ended('completed', 'failed');
    expect(await finish({ outcome: 'failed' })).toEqual({ outcome: 'ended', status: 'partially-failed' });
    expect(await now()).toMatchObject({
      succeeded: ['one'],
      failed: ['two'],
      canResume: true,
      reason: 'two: two broke',
      next: `slipway retry ${id}, or: slipway rollback ${id} -m REASON`,
    });
    expect(await item(lockKey('a'))).toMatchObject({ holder: id });
  });

  it('of many components that failed explains ten, and counts the rest', async () => {
    const bed = runBed();
    const components = Array.from({ length: 12 }, (_, index) => ({ name: `c${index}`, kind: 'task', phase: 'p' }));
    const run = await bed.admitted({ onFailure: 'stop', components });
    for (const { name } of components) {
      await bed.open(run, name, { status: 'working' });
      await failComponent(bed.deps, writerOf(run), name, { code: 'X', message: 'it broke' });
    }
    await finishRun(bed.deps, writerOf(run), { outcome: 'failed' });
    const { reason } = await bed.run(run.id);
    expect(reason).toMatch(/^c0: it broke; .*; c9: it broke; and 2 more components failed$/);
  });

  it('that failed as a whole says so', async () => {
    const { finish, now } = await ended('failed', undefined);
    expect(await finish({ outcome: 'failed' })).toEqual({ outcome: 'ended', status: 'failed' });
    expect(await now()).toMatchObject({ succeeded: [], failed: ['one'], reason: 'one: one broke' });
  });

  it('takes the machine’s word for why, where it has one', async () => {
    const { finish, now } = await ended('completed', 'working');
    await finish({ outcome: 'failed', reason: 'The checks of phase p failed' });
    expect((await now()).reason).toBe('The checks of phase p failed');
  });

  it('with an ambiguous step asks for the person’s word', async () => {
    const { finish, now, id } = await ended('completed', 'ambiguous');
    await finish({ outcome: 'failed' });
    expect(await now()).toMatchObject({
      status: 'partially-failed',
      failed: ['two'],
      reason: 'two: ambiguous',
      next:
        `Find out whether the effect of step 4 of two stands, then: slipway retry ${id} --stands two/4=yes|no, ` +
        `or: slipway rollback ${id} -m REASON --stands two/4=yes|no`,
    });
  });

  it('that was paused rests, resumable, with its locks', async () => {
    const { deps, finish, now, id, item } = await ended('completed', 'working', 'rollback');
    await pauseRun(deps, id, 'ada');
    expect(await finish({ outcome: 'paused' })).toEqual({ outcome: 'ended', status: 'paused' });
    expect(await now()).toMatchObject({ canResume: true, next: `slipway resume ${id}`, reason: 'Paused by request' });
    expect(await item(lockKey('a'))).toMatchObject({ holder: id });
  });

  it.each<[Ending['outcome'], RunState['onFailure']]>([
    ['failed', 'rollback'],
    ['crashed', 'rollback'],
    ['halted', 'stop'],
    ['halted', 'rollback'],
  ])('that %s with onFailure %s turns back, and does not stop itself', async (outcome, onFailure) => {
    const { finish, now, id } = await ended('completed', 'working', onFailure);
    expect(await finish({ outcome })).toEqual({ outcome: 'rollback', epoch: 2 });
    expect(await now()).toMatchObject({
      status: 'rolling-back',
      direction: 'back',
      epoch: 2,
      execution: `${id}-2`,
      executions: [],
    });
  });

  it('that was halted says how the stop is lifted', async () => {
    const { finish, now } = await ended('completed', 'working', 'stop');
    await finish({ outcome: 'halted' });
    expect((await now()).reason).toMatch(
      /^An emergency stop of \w+ is in force; to lift it: slipway stop --lift --environment \w+ /,
    );
  });

  it('repeated after it turned the run back answers the same', async () => {
    const { finish, now } = await ended('failed', undefined, 'rollback');
    await finish({ outcome: 'failed' });
    expect(await finish({ outcome: 'failed' })).toEqual({ outcome: 'rollback', epoch: 2 });
    expect((await now()).epoch).toBe(2);
  });

  it('that a person has turned back is over for this execution', async () => {
    const { deps, finish, id, now } = await ended('failed', undefined, 'rollback');
    await goBack(deps, id, { actor: 'ada', reason: 'x' });
    await expect(finish({ outcome: 'failed' })).rejects.toThrow(SupersededError);
    expect((await now()).epoch).toBe(2);
  });

  it('that rests already is not rested again', async () => {
    const { finish, now } = await ended('failed', undefined);
    await finish({ outcome: 'paused' });
    expect(await finish({ outcome: 'failed' })).toEqual({ outcome: 'ended', status: 'paused' });
    expect((await now()).status).toBe('paused');
  });
});

describe('the components of a run', () => {
  it('are read in the order of the plan, however many', async () => {
    const { deps, start, open } = runBed();
    const components = Array.from({ length: 230 }, (_, index) => ({ name: `c${index}`, kind: 'task', phase: 'p' }));
    const run = await start({ components });
    await open(run, 'c229');
    const found = await componentsOf(deps, run);
    expect(found.map(({ name }) => name)).toEqual(components.map(({ name }) => name));
    expect(found.filter(({ work }) => work).map(({ name }) => name)).toEqual(['c229']);
  });
});
