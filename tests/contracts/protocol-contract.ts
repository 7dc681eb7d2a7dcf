import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededIds } from '../../adapters/memory/seeded-ids.ts';
import { VirtualClock } from '../../adapters/memory/virtual-clock.ts';
import { GuardrailTrippedError, RivalError, SupersededError } from '../../shared/errors/run-errors.ts';
import { StoreUnansweredError } from '../../shared/errors/store-errors.ts';
import type { RunEvent } from '../../shared/ports/events.ts';
import type { Store, Write } from '../../shared/ports/store.ts';
import type { Execution } from '../../shared/ports/workflow.ts';
import { admitRun } from '../../shared/run/admit-run.ts';
import { goBack } from '../../shared/run/command-run.ts';
import { completeComponent } from '../../shared/run/component-end.ts';
import { brokenAt } from '../../shared/run/event-chain.ts';
import { finishRun } from '../../shared/run/finish-run.ts';
import { failover, shiftFlag } from '../../shared/run/flag-access.ts';
import { effective, readFlag } from '../../shared/run/flag-state.ts';
import { componentKey, flagKey, lockKey, runKey, segmentKey } from '../../shared/run/keys.ts';
import { reconcile } from '../../shared/run/reconcile.ts';
import { releaseRun, seizeRun } from '../../shared/run/roll-back.ts';
import { loadRun, type RunDeps, type RunWriter } from '../../shared/run/run-access.ts';
import { storedEvent } from '../../shared/run/run-state.ts';
import { startRun } from '../../shared/run/start-run.ts';
import { changeWork, loadWork, openWork } from '../../shared/run/work-access.ts';
import { acquireLock } from '../../shared/run/writes.ts';
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
  });
};

let beds = 0;

/** One clock, one set of executions that nobody carries out, and names that no other bed uses. */
class Bed {
  readonly clock = new VirtualClock(1_000_000);
  readonly events: RunEvent[] = [];
  readonly executions = new Map<string, Execution>();
  readonly resource: string;
  /** Flags that its runs shift. */
  flags: string[] = [];
  readonly deps: RunDeps;

  constructor(store: Store) {
    beds += 1;
    const mark = `${process.pid}-${Date.now().toString(36)}-${beds}`;
    this.resource = `table:${mark}`;
    const ids = seededIds(beds, this.clock);
    this.deps = {
      store,
      clock: this.clock,
      ids: { next: () => `${mark}-${ids.next()}`, random: () => 0 },
      events: { publish: async (events) => void this.events.push(...events) },
      workflow: {
        arnOf: (machine, execution) => `${machine}/${execution}`,
        start: async (machine, execution) => {
          const arn = `${machine}/${execution}`;
          if (!this.executions.has(arn))
            this.executions.set(arn, { arn, machine, name: execution, status: 'RUNNING', startedAt: 0 });
          return { arn };
        },
        describe: async (arn) => this.executions.get(arn),
        stop: async (arn) => this.end(arn, 'ABORTED'),
        succeed: async () => true,
        fail: async () => true,
      },
    };
  }

  end(arn: string, status: Execution['status']): void {
    const execution = this.executions.get(arn);
    if (execution) this.executions.set(arn, { ...execution, status });
  }

  async start(components: readonly string[] = ['move']): Promise<RunWriter> {
    const { run } = await startRun(this.deps, {
      plan: { name: 'plan', digest: 'd' },
      target: 'staging/plan',
      environment: 'staging',
      actor: 'person',
      onFailure: 'rollback',
      resources: [this.resource],
      flags: this.flags,
      components: components.map((component) => ({ name: component, kind: 'task', phase: 'p' })),
      options: {},
      queue: true,
    });
    return { runId: run.id, epoch: 1 };
  }

  /** A flag at 0 percent that every later run of this bed shifts. */
  async withFlag(): Promise<string> {
    const flag = `flag-${this.resource.slice('table:'.length)}`;
    const set = { environment: 'staging', key: flag, document: { percent: 0 } };
    await this.deps.store.write({ name: 'flag.create', key: flagKey('staging', flag), set, add: { rev: 1 }, when: [] });
    this.flags = [flag];
    return flag;
  }

  async flag() {
    const item = await this.deps.store.read(flagKey('staging', this.flags[0] ?? ''));
    if (!item) throw new Error('the flag is gone');
    return readFlag(item);
  }

  shift(writer: RunWriter, percent: number): Promise<void> {
    const [flag = ''] = this.flags;
    const deadline = this.clock.now() + 10_000;
    return shiftFlag(this.deps, writer, { environment: 'staging', flag, document: { percent }, deadline });
  }

  trip(writer: RunWriter): Promise<boolean> {
    const tripped = { at: this.clock.now(), by: 'alarm', reason: 'errors' };
    return failover(this.deps, writer.runId, { environment: 'staging' }, this.flags[0] ?? '', tripped);
  }

  async admitted(components?: readonly string[]): Promise<RunWriter> {
    const writer = await this.start(components);
    expect(await admitRun(this.deps, writer)).toEqual({ outcome: 'admitted' });
    return writer;
  }

  prepare(writer: RunWriter, component = 'move') {
    return openWork(
      this.deps,
      writer,
      componentKey(writer.runId, component),
      { type: 'rollbackPointCreated', data: {} },
      { status: 'prepared', kind: 'task' },
    );
  }

  async complete(writer: RunWriter): Promise<void> {
    const work = await this.prepare(writer);
    await changeWork(this.deps, work, { type: 'checkpointCreated', data: { step: 0 } }, { set: { cursor: 1, status: 'worked' } });
    await completeComponent(this.deps, writer, 'move');
    expect(await finishRun(this.deps, writer, { outcome: 'completed' })).toEqual({ outcome: 'ended', status: 'succeeded' });
  }

  /** The same ports over a store that loses the answer of one write, once. */
  losing(name: string): RunDeps {
    let lost = false;
    const store: Store = {
      read: (key) => this.deps.store.read(key),
      readMany: (keys) => this.deps.store.readMany(keys),
      list: (pk, options) => this.deps.store.list(pk, options),
      listIndex: (index, value, options) => this.deps.store.listIndex(index, value, options),
      write: async (write: Write) => {
        const result = await this.deps.store.write(write);
        if (lost || write.name !== name) return result;
        lost = true;
        throw new StoreUnansweredError('the answer was lost');
      },
    };
    const clock = { now: () => this.clock.now(), sleep: async () => {} };
    return { ...this.deps, store, clock };
  }
}

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
    const late = acquireLock(lockKey(test.resource), { ...writer, now: test.clock.now() });
    expect((await test.deps.store.write(late)).applied).toBe(true);
    expect((await reconcile(test.deps)).released).toContain(test.resource);
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

const flags = (bed: () => Bed): void => {
  it('owns the flags of a run on admission, shifts them, and lets them go when it succeeds', async () => {
    const test = bed();
    await test.withFlag();
    const writer = await test.admitted();
    expect(await test.flag()).toMatchObject({ owner: writer.runId, ownerEpoch: 1, preImage: { percent: 0 } });
    await test.shift(writer, 50);
    await test.complete(writer);
    const flag = await test.flag();
    expect(flag.owner).toBeUndefined();
    expect(effective(flag)).toEqual({ percent: 50 });
  });

  it('sends a flag back with one write, and bars every forward shift from then on', async () => {
    const test = bed();
    await test.withFlag();
    const writer = await test.admitted();
    await test.shift(writer, 50);
    expect(await test.trip(writer)).toBe(true);
    expect(effective(await test.flag())).toEqual({ percent: 0 });
    await expect(test.shift(writer, 100)).rejects.toBeInstanceOf(GuardrailTrippedError);
    expect(effective(await test.flag())).toEqual({ percent: 0 });
    expect(test.events.find(({ type }) => type === 'flagTripped')?.data).toMatchObject({ document: { percent: 0 } });
  });

  it('turns a run back that had everything done when its flag tripped', async () => {
    const test = bed();
    await test.withFlag();
    const writer = await test.admitted();
    const work = await test.prepare(writer);
    await changeWork(test.deps, work, { type: 'checkpointCreated', data: { step: 0 } }, { set: { cursor: 1, status: 'worked' } });
    await completeComponent(test.deps, writer, 'move');
    await test.shift(writer, 100);
    await test.trip(writer);
    expect(await finishRun(test.deps, writer, { outcome: 'completed' })).toEqual({ outcome: 'rollback', epoch: 2 });
    expect((await loadRun(test.deps, writer.runId)).run.reason).toContain('errors');
  });

  it('does not let an alarm of one run touch the flag of another, nor one that comes before the first or after the last stage', async () => {
    const test = bed();
    await test.withFlag();
    const first = await test.start();
    expect(await test.trip(first)).toBe(false);
    await admitRun(test.deps, first);
    await test.complete(first);
    expect(await test.trip(first)).toBe(false);
    const second = await test.admitted();
    await test.shift(second, 50);
    expect(await test.trip(first)).toBe(false);
    expect(effective(await test.flag())).toEqual({ percent: 50 });
  });

  it('refuses the shift of an older epoch once the run was taken over, and gives the flag back when the rollback ends', async () => {
    const test = bed();
    await test.withFlag();
    const writer = await test.admitted();
    await test.shift(writer, 50);
    await test.trip(writer);
    await goBack(test.deps, writer.runId, { actor: 'alarm', reason: 'errors' });
    const back = { ...writer, epoch: 2 };
    await seizeRun(test.deps, back);
    await expect(test.shift(writer, 100)).rejects.toBeInstanceOf(SupersededError);
    expect(await releaseRun(test.deps, back)).toEqual({ status: 'rolled-back' });
    const flag = await test.flag();
    expect(flag).toMatchObject({ document: { percent: 0 }, released: { runId: writer.runId, epoch: 2 } });
    expect(flag.owner ?? flag.tripped ?? flag.preImage).toBeUndefined();
  });

  it('tells by the write id that a failover without an answer was its own', async () => {
    const test = bed();
    await test.withFlag();
    const writer = await test.admitted();
    await test.shift(writer, 50);
    const losing = Object.assign(Object.create(test) as Bed, { deps: test.losing('flag.failover') });
    expect(await losing.trip(writer)).toBe(true);
    expect(effective(await test.flag())).toEqual({ percent: 0 });
  });
};
