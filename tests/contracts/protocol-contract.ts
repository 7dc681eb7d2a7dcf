import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RivalError, SupersededError } from '../../shared/errors/run-errors.ts';
import { admitRun } from '../../shared/run/admit-run.ts';
import { goBack } from '../../shared/run/command-run.ts';
import { brokenAt } from '../../shared/run/event-chain.ts';
import { finishRun } from '../../shared/run/finish-run.ts';
import { componentKey, lockKey, runKey, segmentKey } from '../../shared/run/keys.ts';
import { reconcile } from '../../shared/run/reconcile.ts';
import { releaseRun, seizeRun } from '../../shared/run/roll-back.ts';
import { loadRun } from '../../shared/run/run-access.ts';
import { storedEvent } from '../../shared/run/run-state.ts';
import { startRun } from '../../shared/run/start-run.ts';
import { changeWork, loadWork, openWork } from '../../shared/run/work-access.ts';
import { acquireLock } from '../../shared/run/writes.ts';
import { Bed } from './protocol-bed.ts';
import { breaks } from './protocol-breaks.ts';
import { flags } from './protocol-flags.ts';
import type { StoreUnderTest } from './store-contract.ts';

/** What the run protocol needs of a store, end to end over its own use cases, on each store. */
export const protocolContract = (name: string, open: () => Promise<StoreUnderTest>): void => {
  describe(`protocol contract: ${name}`, () => {
    let opened: StoreUnderTest;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.close();
    });
    const bed = () => new Bed(opened.store);

    locks(bed);
    epochs(bed);
    answers(bed);
    takeovers(bed);
    flags(bed);
    breaks(bed);
  });
};

const locks = (bed: () => Bed): void => {
  it('makes a second run wait for the lock, and names its holder', async () => {
    const test = bed();
    const first = await test.admitted();
    const second = await test.start();
    expect(await admitRun(test.deps, second)).toEqual({ outcome: 'waiting', resource: test.resource, holder: first.runId });
    expect((await loadRun(test.deps, second.runId)).run.waitingFor).toMatchObject({ holder: first.runId, since: 1_000_000 });
  });

  it('gives each holder a higher fence', async () => {
    const test = bed();
    await test.complete(await test.admitted());
    const second = await test.admitted();
    expect((await loadRun(test.deps, second.runId)).run.fences).toEqual({ [test.resource]: 2 });
  });

  it('refuses a rollback after a later run held the lock, names that run, and leaves the run as it was', async () => {
    const test = bed();
    const first = await test.admitted();
    await test.complete(first);
    const later = await test.admitted();
    await test.complete(later);
    await goBack(test.deps, first.runId, { actor: 'person', reason: 'too late' });
    expect(await seizeRun(test.deps, { ...first, epoch: 2 })).toEqual({ outcome: 'refused', status: 'succeeded' });
    const { run } = await loadRun(test.deps, first.runId);
    expect(run.reason).toContain(later.runId);
    expect((await test.deps.store.read(lockKey(test.resource)))?.['holder']).toBeUndefined();
  });

  it('takes a released lock again for a rollback where nobody came between', async () => {
    const test = bed();
    const writer = await test.admitted();
    await test.complete(writer);
    await goBack(test.deps, writer.runId, { actor: 'person', reason: 'regret' });
    expect(await seizeRun(test.deps, { ...writer, epoch: 2 })).toEqual({ outcome: 'seized' });
    expect(await test.deps.store.read(lockKey(test.resource))).toMatchObject({ holder: writer.runId, ownerEpoch: 2, fence: 1 });
  });

  it('frees a lock that a late request took for a run that is at its end', async () => {
    const test = bed();
    const writer = await test.admitted();
    await test.complete(writer);
    const late = (now: number) => test.deps.store.write(acquireLock(lockKey(test.resource), { ...writer, now }));
    expect((await late(test.clock.now() - 60_000)).applied).toBe(true);
    expect((await reconcile(test.deps)).released).toContain(test.resource);
    // One of a moment ago may be of work after the end, which frees it by itself.
    expect((await late(test.clock.now())).applied).toBe(true);
    expect((await reconcile(test.deps)).released).not.toContain(test.resource);
  });
};

const epochs = (bed: () => Bed): void => {
  it('refuses a writer of an older epoch, however fresh its read', async () => {
    const test = bed();
    const writer = await test.admitted();
    await test.prepare(writer);
    await goBack(test.deps, writer.runId, { actor: 'person', reason: 'stop' });
    await seizeRun(test.deps, { ...writer, epoch: 2 });
    const zombie = await loadWork(test.deps, writer, componentKey(writer.runId, 'move'));
    if (!zombie) throw new Error('the component is gone');
    const write = changeWork(test.deps, zombie, { type: 'checkpointCreated' }, { set: { cursor: 1 } });
    await expect(write).rejects.toBeInstanceOf(SupersededError);
  });

  it('refuses the second of two writers of one epoch', async () => {
    const test = bed();
    const writer = await test.admitted();
    const work = await test.prepare(writer);
    await changeWork(test.deps, work, { type: 'stepStarted' }, { set: { cursor: 0 } });
    await expect(changeWork(test.deps, work, { type: 'stepStarted' }, { set: { cursor: 0 } })).rejects.toBeInstanceOf(RivalError);
  });

  it('refuses to end a run for an execution that was taken over', async () => {
    const test = bed();
    const writer = await test.admitted();
    await goBack(test.deps, writer.runId, { actor: 'person', reason: 'stop' });
    await expect(finishRun(test.deps, writer, { outcome: 'failed' })).rejects.toBeInstanceOf(SupersededError);
  });
};

const answers = (bed: () => Bed): void => {
  it.each(['lock.acquire', 'run.transition', 'run.create'])(
    'tells by the write id that a %s without an answer was its own',
    async (name) => {
      const test = bed();
      const losing = Object.assign(Object.create(test) as Bed, { deps: test.losing(name) });
      const writer = await losing.admitted();
      expect((await loadRun(test.deps, writer.runId)).run).toMatchObject({ status: 'running', fences: { [test.resource]: 1 } });
    },
  );

  it('writes a checkpoint once where its answer is lost', async () => {
    const test = bed();
    const writer = await test.admitted();
    const work = await test.prepare(writer);
    const done = await changeWork(test.losing('item.transition'), work, { type: 'checkpointCreated' }, { set: { cursor: 1 } });
    expect(done.state).toMatchObject({ cursor: 1, rev: 2 });
  });

  it('delivers a start twice and makes one run of it', async () => {
    const test = bed();
    const request = {
      plan: { name: 'p', digest: 'd' },
      target: 'staging/p',
      environment: 'staging',
      actor: 'person',
      onFailure: 'stop',
      resources: [test.resource],
      components: [],
      options: {},
      queue: true,
      idempotencyKey: test.resource,
    } as const;
    const [one, two] = await Promise.all([startRun(test.deps, request), startRun(test.deps, request)]);
    expect(one.run.id).toBe(two.run.id);
    expect(test.executions.size).toBe(1);
  });

  it('opens a component once, with the first rollback point', async () => {
    const test = bed();
    const writer = await test.admitted();
    const open = (point: string) =>
      openWork(
        test.deps,
        writer,
        componentKey(writer.runId, 'move'),
        { type: 'rollbackPointCreated' },
        { status: 'prepared', rollbackPoint: { point } },
      );
    await open('first');
    expect((await open('second')).state.rollbackPoint).toEqual({ point: 'first' });
  });
};

const takeovers = (bed: () => Bed): void => {
  it('seizes components and segments that do not exist yet, so that nobody can start them', async () => {
    const test = bed();
    const writer = await test.admitted(['move', 'later']);
    const key = componentKey(writer.runId, 'move');
    await openWork(test.deps, writer, key, { type: 'rollbackPointCreated' }, { status: 'prepared', segments: 2 });
    await goBack(test.deps, writer.runId, { actor: 'person', reason: 'stop' });
    await seizeRun(test.deps, { ...writer, epoch: 2 });
    await expect(test.prepare(writer, 'later')).rejects.toBeInstanceOf(SupersededError);
    for (const segment of [0, 1]) {
      expect(await test.deps.store.read(segmentKey(writer.runId, 'move', segment))).toMatchObject({
        epoch: 2,
        direction: 'back',
      });
    }
  });

  it('seizes repeatedly with the same end, and stops the execution of the older epoch', async () => {
    const test = bed();
    const writer = await test.admitted();
    await test.prepare(writer);
    await goBack(test.deps, writer.runId, { actor: 'person', reason: 'stop' });
    const back = { ...writer, epoch: 2 };
    await seizeRun(test.deps, back);
    expect(await seizeRun(test.deps, back)).toEqual({ outcome: 'seized' });
    expect(test.executions.get(`run/${writer.runId}-1`)?.status).toBe('ABORTED');
  });

  it('joins a rollback that is under way', async () => {
    const test = bed();
    const writer = await test.admitted();
    await goBack(test.deps, writer.runId, { actor: 'person', reason: 'one' });
    const second = await goBack(test.deps, writer.runId, { actor: 'person', reason: 'two' });
    expect(second).toMatchObject({ joined: true, run: { epoch: 2 } });
  });

  it('turns a run back whose execution died, and keeps every event in an unbroken chain', async () => {
    const test = bed();
    const writer = await test.admitted();
    await test.prepare(writer);
    test.end(`run/${writer.runId}-1`, 'FAILED');
    expect((await reconcile(test.deps)).takenBack).toContain(writer.runId);
    const back = { ...writer, epoch: 2 };
    await seizeRun(test.deps, back);
    expect((await releaseRun(test.deps, back)).status).toBe('rollback-failed');
    const { items } = await test.deps.store.list(runKey(writer.runId).pk, { prefix: 'EVENT#RUN#' });
    const events = items.map((item) => storedEvent.parse(item));
    expect(events.length).toBeGreaterThanOrEqual(5);
    expect(brokenAt(runKey(writer.runId), events)).toBeUndefined();
  });
};
