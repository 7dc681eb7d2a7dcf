import { describe, expect, it } from 'vitest';
import { type Limits, limits as schema } from '../../../../shared/admission/limits.ts';
import { leaveQueue, reapQueue, standings } from '../../../../shared/admission/queue.ts';
import { readQueue } from '../../../../shared/admission/queue-state.ts';
import { putLimits } from '../../../../shared/admission/stored-limits.ts';
import { StoreUnansweredError } from '../../../../shared/errors/store-errors.ts';
import { admitRun } from '../../../../shared/run/admit-run.ts';
import { goBack, goOn, pauseRun } from '../../../../shared/run/command-run.ts';
import { completeComponent } from '../../../../shared/run/component-end.ts';
import { finishRun } from '../../../../shared/run/finish-run.ts';
import { queueKey, runKey } from '../../../../shared/run/keys.ts';
import { releaseRun, seizeRun } from '../../../../shared/run/roll-back.ts';
import type { RunState } from '../../../../shared/run/run-state.ts';
import { runBed, writerOf } from '../run/run-bed.ts';

const only = (more: object): Limits => schema.parse({ atOnce: null, perEnvironment: null, perPerson: {}, ...more });

/** Runs on resources of their own, of which one may be under way. */
async function bedOf(limits: Limits = only({ atOnce: 1 })) {
  const bed = runBed();
  await putLimits(bed.deps, { limits, actor: 'root', reason: '', ifRev: 0 });
  let made = 0;
  const start = (request = {}) =>
    bed.start({ resources: [`r${made++}`], components: [{ name: 'one', kind: 'task', phase: 'p' }], ...request });
  const admit = async (run: RunState) => (await admitRun(bed.deps, writerOf(await bed.run(run.id)))).outcome;
  const places = async () => readQueue(await bed.store.read(queueKey)).places;
  const holders = async () => (await places()).filter(({ heldSince }) => heldSince !== undefined).map(({ runId }) => runId);
  const succeed = async (run: RunState) => {
    await bed.open(await bed.run(run.id), 'one', { status: 'worked' });
    await completeComponent(bed.deps, writerOf(run), 'one');
    await finishRun(bed.deps, writerOf(run), { outcome: 'completed' });
  };
  const pause = async (run: RunState) => {
    await pauseRun(bed.deps, run.id, 'ada');
    await finishRun(bed.deps, writerOf(await bed.run(run.id)), { outcome: 'paused' });
  };
  const back = async (run: RunState) => {
    await goBack(bed.deps, run.id, { actor: 'ada', reason: 'why' });
    const writer = writerOf(await bed.run(run.id));
    await seizeRun(bed.deps, writer);
    await releaseRun(bed.deps, writer);
  };
  return { ...bed, start, admit, places, holders, succeed, pause, back };
}

describe('a slot', () => {
  it('is waited for with the locks, and taken by the next when its run has ended', async () => {
    const bed = await bedOf();
    const [first, second] = [await bed.start(), await bed.start()];
    expect(await bed.admit(first)).toBe('admitted');
    expect(await bed.admit(second)).toBe('waiting');
    expect(await bed.run(second.id)).toMatchObject({ status: 'queued', queued: true });
    expect(await standings(bed.deps)).toEqual(
      new Map([[second.id, { position: 1, waiting: 1, reason: 'As many runs as may be are under way (1 at once)' }]]),
    );
    const writes = bed.store.sent.length;
    expect(await bed.admit(second)).toBe('waiting');
    expect(bed.store.sent).toHaveLength(writes);
    await bed.succeed(first);
    expect(await bed.holders()).toEqual([]);
    expect(await bed.admit(second)).toBe('admitted');
    expect(await bed.holders()).toEqual([second.id]);
  });

  it('is free while a run rests; going on with it queues again', async () => {
    const bed = await bedOf();
    const [first, second] = [await bed.start(), await bed.start()];
    await bed.admit(first);
    await bed.pause(first);
    expect(await bed.run(first.id)).toMatchObject({ status: 'paused' });
    expect(await bed.admit(second)).toBe('admitted');
    await goOn(bed.deps, first.id, { actor: 'ada', reason: '' });
    expect(await bed.admit(first)).toBe('waiting');
    expect(await bed.run(first.id)).toMatchObject({ status: 'queued' });
    await bed.succeed(second);
    expect(await bed.admit(first)).toBe('admitted');
    expect(await bed.run(first.id)).toMatchObject({ status: 'running', epoch: 2 });
  });

  it('stays with a run that is taken over, and is given up by no earlier epoch', async () => {
    const bed = await bedOf();
    const first = await bed.start();
    await bed.admit(first);
    await goOn(bed.deps, first.id, { actor: 'ada', reason: '' });
    expect(await bed.admit(first)).toBe('admitted');
    expect((await bed.places()).map(({ epoch }) => epoch)).toEqual([2]);
    await leaveQueue(bed.deps, writerOf(first));
    expect(await bed.holders()).toEqual([first.id]);
  });

  it('is kept until a run that goes back is back, and its place goes where it only waited', async () => {
    const bed = await bedOf();
    const [first, second] = [await bed.start(), await bed.start()];
    await bed.admit(first);
    await bed.admit(second);
    await goBack(bed.deps, first.id, { actor: 'ada', reason: 'why' });
    expect(await bed.holders()).toEqual([first.id]);
    await bed.back(second);
    expect((await bed.places()).map(({ runId }) => runId)).toEqual([first.id]);
    await bed.back(first);
    expect(await bed.places()).toEqual([]);
  });

  it('is not needed to go back', async () => {
    const bed = await bedOf();
    const [first, second] = [await bed.start({ components: [] }), await bed.start()];
    await bed.admit(first);
    await finishRun(bed.deps, writerOf(first), { outcome: 'completed' });
    await bed.admit(second);
    await bed.back(first);
    expect(await bed.run(first.id)).toMatchObject({ status: 'rolled-back' });
    expect(await bed.holders()).toEqual([second.id]);
  });

  it('is taken once, whatever of the answers is lost', async () => {
    const bed = await bedOf();
    const first = await bed.start();
    let lost = 0;
    bed.store.meet(async (write, send) => {
      const result = await send();
      if (!write.name.startsWith('queue.') || lost >= 2) return result;
      lost += 1;
      throw new StoreUnansweredError('lost');
    });
    const admission = bed.admit(first);
    await bed.clock.runUntilIdle();
    expect(await admission).toBe('admitted');
    expect(await bed.holders()).toEqual([first.id]);
  });

  it('goes to one of two that saw it free', async () => {
    const bed = await bedOf();
    const [first, second] = [await bed.start(), await bed.start()];
    bed.store.meetOnce('queue.begin', async (send) => {
      expect(await bed.admit(second)).toBe('admitted');
      return send();
    });
    const admission = bed.admit(first);
    await bed.clock.runUntilIdle();
    expect(await admission).toBe('waiting');
    expect(await bed.holders()).toEqual([second.id]);
  });

  it('is kept from a run whose semaphore another holds', async () => {
    const bed = await bedOf(only({}));
    const [first, second, third] = [
      await bed.start({ semaphores: ['db'] }),
      await bed.start({ semaphores: ['db'] }),
      await bed.start(),
    ];
    expect([await bed.admit(first), await bed.admit(second), await bed.admit(third)]).toEqual([
      'admitted',
      'waiting',
      'admitted',
    ]);
    expect(await bed.holders()).toEqual([first.id, third.id]);
  });

  it('is given to nobody while more hold one than a lowered limit allows', async () => {
    const bed = await bedOf(only({ atOnce: 2 }));
    const [first, second, third] = [await bed.start(), await bed.start(), await bed.start()];
    for (const run of [first, second, third]) await bed.admit(run);
    await putLimits(bed.deps, { limits: only({ atOnce: 1 }), actor: 'root', reason: '', ifRev: 1 });
    await bed.succeed(first);
    expect(await bed.admit(third)).toBe('waiting');
    await bed.succeed(second);
    expect(await bed.admit(third)).toBe('admitted');
  });

  it('is held also where there was no limit: one that is set later counts who is under way', async () => {
    const bed = await bedOf(only({}));
    const [first, second, third] = [await bed.start(), await bed.start(), await bed.start()];
    for (const run of [first, second]) expect(await bed.admit(run)).toBe('admitted');
    await putLimits(bed.deps, { limits: only({ atOnce: 2 }), actor: 'root', reason: '', ifRev: 1 });
    expect(await bed.admit(third)).toBe('waiting');
    await bed.succeed(first);
    expect(await bed.admit(third)).toBe('admitted');
    await bed.succeed(second);
    await bed.succeed(third);
    expect(await bed.places()).toEqual([]);
  });

  it('is taken by any number at once where there is no limit', async () => {
    const bed = await bedOf(only({}));
    const runs = [];
    for (let at = 0; at < 60; at += 1) runs.push(await bed.start());
    const admissions = Promise.all(runs.map((run) => bed.admit(run)));
    await bed.clock.runUntilIdle();
    expect(new Set(await admissions)).toEqual(new Set(['admitted']));
    expect(await bed.holders()).toHaveLength(60);
  });
});

describe('a place whose run is gone or rests', () => {
  it('is freed by the reaper, and no other', async () => {
    const bed = await bedOf(only({ atOnce: 2 }));
    const [first, second, third] = [await bed.start(), await bed.start(), await bed.start()];
    for (const run of [first, second, third]) await bed.admit(run);
    expect(await reapQueue(bed.deps)).toEqual([]);
    await bed.put(runKey(first.id), { status: 'failed' });
    await bed.put(runKey(third.id), { status: 'rolled-back' });
    expect((await reapQueue(bed.deps)).toSorted()).toEqual([first.id, third.id].toSorted());
    expect(await bed.holders()).toEqual([second.id]);
  });

  it('stays where a slot was taken while the reaper looked', async () => {
    const bed = await bedOf();
    const [first, second] = [await bed.start(), await bed.start()];
    await bed.admit(first);
    await bed.admit(second);
    await bed.put(runKey(second.id), { status: 'failed' });
    bed.store.meetOnce('queue.change', async (send) => {
      await leaveQueue(bed.deps, writerOf(first));
      return send();
    });
    expect(await reapQueue(bed.deps)).toEqual([]);
    expect(await reapQueue(bed.deps)).toEqual([second.id]);
  });
});
