import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryArtefacts } from '../../../../adapters/memory/artefacts.ts';
import { create as listAudit } from '../../../../functions/list-audit/index.ts';
import { create as verifyAudit } from '../../../../functions/verify-audit/index.ts';
import { verifyChains } from '../../../../functions/verify-chains.ts';
import { isAudited } from '../../../../shared/audit/audit-index.ts';
import { type Cleaning, cleanUp } from '../../../../shared/cleaning/clean-up.ts';
import { GRACE_MS, retentionOf } from '../../../../shared/cleaning/retention.ts';
import type { Item, Key, Store } from '../../../../shared/ports/store.ts';
import { goBack, keepRun } from '../../../../shared/run/command-run.ts';
import { completeComponent } from '../../../../shared/run/component-end.ts';
import { finishRun } from '../../../../shared/run/finish-run.ts';
import {
  alarmsKey,
  cleaningKey,
  componentKey,
  eventKey,
  flagKey,
  idempotencyKey,
  lockKey,
  runKey,
} from '../../../../shared/run/keys.ts';
import { putFlag } from '../../../../shared/run/put-flag.ts';
import { changeRun, loadRun } from '../../../../shared/run/run-access.ts';
import { type RunState, type RunStatus, runStatus } from '../../../../shared/run/run-state.ts';
import type { StartRequest } from '../../../../shared/run/start-run.ts';
import { changeWork } from '../../../../shared/run/work-access.ts';
import { ask } from '../../functions/api-bed.ts';
import { memoryDeps } from '../../functions/memory-deps.ts';
import { type RunBed, runBed, writerOf } from '../run/run-bed.ts';

const RETENTION = retentionOf(30);
const AUDIT_RETENTION = retentionOf(400);
const DAY = retentionOf(1);

class CleaningBed {
  readonly bed: RunBed = runBed();
  readonly artefacts = new MemoryArtefacts();

  /** A run that has succeeded, with a component, events and an artefact. */
  async ended(request: Partial<StartRequest> = {}): Promise<RunState> {
    const { bed } = this;
    const run = await bed.admitted({ components: [{ name: 'one', kind: 'task', phase: 'p' }], ...request });
    const work = await bed.open(run, 'one');
    await changeWork(bed.deps, work, { type: 'checkpointCreated', data: { step: 0 } }, { set: { cursor: 1, status: 'worked' } });
    await completeComponent(bed.deps, writerOf(run), 'one');
    expect(await finishRun(bed.deps, writerOf(run), { outcome: 'completed' })).toMatchObject({ status: 'succeeded' });
    await this.artefacts.putOnce(`runs/${run.id}/one/manifest/0000/a`, new Uint8Array(3));
    return bed.run(run.id);
  }

  clean(store: Store = this.bed.store, until = Number.POSITIVE_INFINITY): Promise<Cleaning> {
    return cleanUp(
      { ...this.bed.deps, store, artefacts: this.artefacts },
      { retention: RETENTION, auditRetention: AUDIT_RETENTION, until },
    );
  }

  async later(ms: number): Promise<void> {
    const { clock } = this.bed;
    await clock.advanceTo(clock.now() + ms);
  }

  /** One cleaning after the other, a day between them. */
  async cleanFor(days: number): Promise<Cleaning[]> {
    const cleanings: Cleaning[] = [];
    for (let day = 0; day < days; day += 1) {
      cleanings.push(await this.clean());
      await this.later(DAY);
    }
    return cleanings;
  }

  async stored(run: RunState): Promise<readonly Item[]> {
    return (await this.bed.store.list(runKey(run.id).pk)).items;
  }

  /** What is there but for the audit trail. */
  async left(run: RunState): Promise<readonly string[]> {
    const items = (await this.stored(run)).filter((item) => !isAudited(item));
    const files: string[] = [];
    for await (const key of this.artefacts.list(`runs/${run.id}/`)) files.push(key);
    return [...items.map(({ sk }) => sk), ...files];
  }
}

/** The same store, which dies at its n-th removal, before or after it. */
function dying(bed: CleaningBed, at: number, place: 'before' | 'after'): Store {
  const { store } = bed.bed;
  let removals = 0;
  return {
    read: (key) => store.read(key),
    readMany: (keys) => store.readMany(keys),
    list: (...asked) => store.list(...asked),
    listIndex: (...asked) => store.listIndex(...asked),
    write: (write) => store.write(write),
    remove: async (removal) => {
      removals += 1;
      const mine = removals;
      if (mine > at) return new Promise(() => {});
      if (mine === at && place === 'before') throw new Error('the process died');
      const result = await store.remove(removal);
      if (mine === at) throw new Error('the process died');
      return result;
    },
  };
}

describe('cleaning up', () => {
  it('leaves what has not been over for long enough', async () => {
    const bed = new CleaningBed();
    const run = await bed.ended();
    await bed.later(RETENTION);
    expect(await bed.clean()).toMatchObject({ expired: [], removed: [], complete: true });
    expect((await bed.bed.run(run.id)).status).toBe('succeeded');
    expect(await bed.bed.store.read(cleaningKey)).toBeUndefined();
  });

  it('lets a run expire, which nobody sees from then on, and removes all of it a day later', async () => {
    const bed = new CleaningBed();
    const run = await bed.ended({ idempotencyKey: 'deploy-7' });
    await bed.later(RETENTION + 1);
    expect(await bed.clean()).toMatchObject({ expired: [run.id], removed: [] });
    await expect(loadRun(bed.bed.deps, run.id)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await expect(goBack(bed.bed.deps, run.id, { actor: 'ada', reason: 'late' })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    expect((await bed.bed.store.listIndex('listing', 'run')).items).toEqual([]);
    expect(await bed.left(run)).toContain('COMPONENT#one');
    await bed.later(GRACE_MS - 1);
    expect(await bed.clean()).toMatchObject({ expired: [], removed: [] });
    await bed.later(1);
    const { items, bytes, artefacts, removed } = await bed.clean();
    expect({ removed, artefacts }).toEqual({ removed: [run.id], artefacts: 1 });
    expect(items).toBe(5);
    expect(bytes).toBeGreaterThan(1000);
    expect(await bed.left(run)).toEqual([]);
    expect(await bed.bed.store.read(idempotencyKey('deploy-7'))).toBeUndefined();
    expect(await bed.clean()).toMatchObject({ expired: [], removed: [], items: 0 });
  });

  it('tells what it has done by events in a chain of their own', async () => {
    const bed = new CleaningBed();
    const run = await bed.ended();
    await bed.later(RETENTION + 1);
    await bed.cleanFor(3);
    const [first, second] = await bed.bed.store.readMany([eventKey(cleaningKey, 1), eventKey(cleaningKey, 2)]);
    expect(first).toMatchObject({ type: 'cleanedUp', actor: 'slipway', data: { expiredRuns: [run.id], removedRuns: [] } });
    expect(second).toMatchObject({ data: { expiredRuns: [], removedRuns: [run.id] }, prev: first?.['hash'] });
    expect(second).toMatchObject({ listing: expect.stringContaining('audit#') });
    const told = bed.bed.published.find(({ type }) => type === 'cleanedUp');
    expect(told).toMatchObject({ runId: '', item: 'CLEANING' });
  });

  it.each<[string, (bed: CleaningBed, run: RunState) => Promise<unknown>]>([
    ['holds a lock', ({ bed }, { id }) => bed.put(lockKey('a'), { holder: id, ownerEpoch: 1, since: 0 })],
    [
      'has an alarm that is looked after',
      ({ bed }, { id }) => bed.put(alarmsKey(id, 'one'), { open: 'alarms', openSort: `${id}#one` }),
    ],
    ['rests for a person', ({ bed }, { id }) => bed.put(runKey(id), { status: 'rollback-failed' })],
    ['has gone back to work', ({ bed }, { id }) => goBack(bed.deps, id, { actor: 'ada', reason: 'late' })],
    [
      'is kept',
      ({ bed }, { id }) => keepRun(bed.deps, id, { until: bed.clock.now() + 2 * RETENTION, reason: 'audit', actor: 'ada' }),
    ],
  ])('leaves a run that %s, however old', async (_, happens) => {
    const bed = new CleaningBed();
    const run = await bed.ended();
    await happens(bed, run);
    await bed.later(RETENTION + 1);
    await bed.cleanFor(3);
    expect(await bed.left(run)).toContain('RUN');
    expect((await bed.bed.run(run.id)).expiredAt).toBeUndefined();
  });

  it('removes a run that was kept once that time is over, or taken back', async () => {
    const bed = new CleaningBed();
    const run = await bed.ended();
    const other = await bed.ended();
    const { clock, deps } = bed.bed;
    const kept = (id: string, until: number) => keepRun(deps, id, { until, reason: '', actor: 'ada' });
    const until = clock.now() + RETENTION + 5 * DAY;
    expect((await kept(run.id, until)).run.keptUntil).toBe(until);
    await kept(other.id, until);
    expect((await kept(other.id, 0)).run.keptUntil).toBeUndefined();
    await bed.later(RETENTION + 1);
    const gone = (await bed.cleanFor(8)).map(({ expired }) => expired);
    expect(gone).toEqual([[other.id], [], [], [], [], [run.id], [], []]);
  });

  it('is refused by a run that went back to work between the look at it and its end', async () => {
    const bed = new CleaningBed();
    const run = await bed.ended();
    await bed.later(RETENTION + 1);
    bed.bed.store.meetOnce('run.command', async (send) => {
      bed.bed.store.meet(undefined);
      await goBack(bed.bed.deps, run.id, { actor: 'ada', reason: 'late' });
      return send();
    });
    expect(await bed.clean()).toMatchObject({ expired: [] });
    expect((await bed.bed.run(run.id)).status).toBe('rolling-back');
  });

  it('lets a key of a start go only where it is the run’s own', async () => {
    const bed = new CleaningBed();
    const run = await bed.ended({ idempotencyKey: 'deploy-7' });
    await bed.bed.put(idempotencyKey('deploy-7'), { runId: 'a-later-one' });
    await bed.later(RETENTION + 1);
    await bed.cleanFor(2);
    expect(await bed.left(run)).toEqual([]);
    expect(await bed.bed.store.read(idempotencyKey('deploy-7'))).toMatchObject({ runId: 'a-later-one' });
  });

  it('finds what is left after it died at any removal', async () => {
    for (const place of ['before', 'after'] as const) {
      for (let at = 1; ; at += 1) {
        const bed = new CleaningBed();
        const run = await bed.ended({ idempotencyKey: 'deploy-7' });
        await bed.later(RETENTION + 1);
        await bed.cleanFor(1);
        const died = await bed.clean(dying(bed, at, place)).then(
          () => false,
          () => true,
        );
        const whole = await bed.left(run);
        if (whole.length > 0) expect(whole).toContain('RUN');
        await bed.later(DAY);
        await bed.clean();
        expect(await bed.left(run)).toEqual([]);
        expect(await bed.bed.store.read(idempotencyKey('deploy-7'))).toBeUndefined();
        if (!died) break;
      }
    }
  });

  it('ends in its time, and goes on the next day', async () => {
    const bed = new CleaningBed();
    const runs = [await bed.ended(), await bed.ended()];
    await bed.later(RETENTION + 1);
    expect(await bed.clean(bed.bed.store, bed.bed.clock.now())).toMatchObject({ expired: [], complete: false });
    const [first, second] = await bed.cleanFor(2);
    expect(first?.expired).toEqual(runs.map(({ id }) => id));
    expect(second).toMatchObject({ removed: runs.map(({ id }) => id), complete: true });
  });

  it('removes the others where one cannot be read, and throws what was wrong with it', async () => {
    const bed = new CleaningBed();
    const run = await bed.ended();
    const broken: Key = runKey('0'.repeat(26));
    await bed.bed.put(broken, { open: 'expired', openSort: '0', id: '0'.repeat(26), schemaVersion: 99 });
    await bed.later(RETENTION + 1);
    await expect(bed.clean()).rejects.toMatchObject({ code: 'SCHEMA_TOO_NEW' });
    await bed.later(DAY);
    await expect(bed.clean()).rejects.toMatchObject({ code: 'SCHEMA_TOO_NEW' });
    expect(await bed.left(run)).toEqual([]);
  });

  it('counts a run that is removed by two at once for one of them', async () => {
    const bed = new CleaningBed();
    const run = await bed.ended();
    await bed.later(RETENTION + 1);
    await bed.cleanFor(1);
    const both = await Promise.all([bed.clean(), bed.clean()]);
    expect(both.flatMap(({ removed }) => removed)).toEqual([run.id]);
    expect(await bed.left(run)).toEqual([]);
  });

  it('takes an expired run for none that another command may change', async () => {
    const bed = new CleaningBed();
    const run = await bed.ended();
    await bed.later(RETENTION + 1);
    await bed.clean();
    const again = changeRun(bed.bed.deps, run.id, { type: 'keep', until: 1e13, reason: '' }, { actor: 'ada' });
    await expect(again).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    expect(await bed.bed.store.read(componentKey(run.id, 'one'))).toBeDefined();
  });
});

describe('of a run that was removed', () => {
  /** A run with a component to which a person has said something between two steps, removed. */
  async function removed() {
    const bed = new CleaningBed();
    const run = await bed.bed.admitted({ components: [{ name: 'one', kind: 'task', phase: 'p' }], actor: 'ada' });
    let work = await bed.bed.open(run, 'one');
    for (const actor of ['slipway', 'bob', 'slipway', 'slipway']) {
      work = await changeWork(bed.bed.deps, work, { type: 'checkpointCreated', actor }, { set: { status: 'worked' } });
    }
    await completeComponent(bed.bed.deps, writerOf(run), 'one');
    await finishRun(bed.bed.deps, writerOf(run), { outcome: 'completed' });
    await bed.later(RETENTION + 1);
    await bed.cleanFor(3);
    return { bed, run, deps: memoryDeps({ store: bed.bed.store, clock: bed.bed.clock }) };
  }

  it('the audit trail goes as a whole after a time of its own, and is whole until then', async () => {
    const { bed, run } = await removed();
    const { store } = bed.bed;
    const { pk } = runKey(run.id);
    const left = await bed.stored(run);
    const times = new Set(left.map(({ expiresAt }) => Number(expiresAt) * 1000));
    expect(times.size).toBe(1);
    const [until = 0] = times;
    // It was let expire a day after its end, and removed the day after that.
    expect(Math.abs(until - (Number(left.at(-1)?.['at']) + AUDIT_RETENTION))).toBeLessThan(1000);
    expect(await verifyChains(store, pk, until - 1000)).toMatchObject({ events: left.length, broken: [] });
    // The table removes them one by one, in any order, and within days.
    const [first] = left;
    if (first) await store.remove({ name: 'test.remove', key: { pk, sk: first.sk }, when: [] });
    expect((await verifyChains(store, pk, until - 1000)).broken).toMatchObject([{ item: 'COMPONENT#one' }]);
    expect(await verifyChains(store, pk, until)).toEqual({ events: 0, broken: [] });
  });

  it('the audit trail stays, with what its chains need and nothing else', async () => {
    const { bed, run } = await removed();
    const left = (await bed.stored(run)).map(({ sk, type, actor }) => [sk.replace(/0{6}/, ''), type, actor]);
    expect(left.slice(0, 3)).toEqual([
      ['EVENT#COMPONENT#one#001', expect.any(String), 'slipway'],
      ['EVENT#COMPONENT#one#002', 'checkpointCreated', 'slipway'],
      ['EVENT#COMPONENT#one#003', 'checkpointCreated', 'bob'],
    ]);
    expect(left.slice(3).map(([, type]) => type)).toEqual(['runCreated', 'locksTaken', 'statusChanged', 'runExpired']);
    expect(await bed.bed.store.read(runKey(run.id))).toBeUndefined();
  });

  it('it is verified whole, and listed to who may see its environment', async () => {
    const { run, deps } = await removed();
    const of = `RUN#${run.id}`;
    const { body } = await ask(verifyAudit, deps, { query: { of } });
    expect(body.items).toEqual([{ of, environment: run.environment, events: 7, broken: [] }]);
    const seen = async (roles: string[]) => {
      const { entries } = (await ask(listAudit, deps, { roles })).body;
      return entries.filter((entry: { of: string }) => entry.of === of).length;
    };
    expect([await seen([`${run.environment}:viewer`]), await seen(['elsewhere:viewer'])]).toEqual([5, 0]);
  });

  it.each([
    ['an event in between is gone', 'EVENT#RUN#000000002', 'RUN', 3],
    ['its end is gone', 'EVENT#RUN#000000004', 'RUN', 3],
    ['an event of a part is gone', 'EVENT#COMPONENT#one#000000001', 'COMPONENT#one', 2],
  ])('it tells that %s', async (_, sk, item, rev) => {
    const { run, deps } = await removed();
    const of = `RUN#${run.id}`;
    await deps.store.remove({ name: 'test.remove', key: { pk: of, sk }, when: [] });
    const { body } = await ask(verifyAudit, deps, { query: { of } });
    expect(body.items[0].broken).toEqual([{ item, rev }]);
  });
});

describe('whatever the state of a run', () => {
  /** Mostly what is in no way of its removal, so that of what is, each counts alone. */
  const mostly = <const T>(usual: T, ...others: readonly T[]) =>
    fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
  const state = fc.record({
    status: fc.oneof(
      { weight: 2, arbitrary: mostly<RunStatus>('succeeded', 'rolled-back') },
      fc.constantFrom(...runStatus.options),
    ),
    /** An emergency stop has taken it back. */
    stopped: fc.boolean(),
    endedDaysAgo: mostly(400, 0, 1, 29, 31),
    kept: mostly('no', 'for years', 'until lately'),
    windowDays: mostly(0, 7, 30, 500),
    lock: mostly(false, true),
    flag: mostly(false, true),
    alarm: mostly(false, true),
  });

  it('it is removed where it has ended long ago and nobody needs it, and nothing of it otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(state, { minLength: 1, maxLength: 4 }), async (states) => {
        const bed = new CleaningBed();
        const { store, deps, clock } = bed.bed;
        const runs: { run: RunState; goes: boolean; before: readonly string[] }[] = [];
        const ended: RunState[] = [];
        for (const [at] of states.entries()) {
          await putFlag(deps, { environment: 'staging', key: `f${at}`, document: {}, actor: 'ada', reason: '' });
          ended.push(await bed.ended({ target: `staging/t${at}`, resources: [`r${at}`], flags: [`f${at}`] }));
        }
        await bed.later(retentionOf(1000));
        for (const [at, one] of states.entries()) {
          const run = ended[at] as RunState;
          const now = clock.now();
          const endedAt = now - retentionOf(one.endedDaysAgo);
          const until = { no: undefined, 'for years': now + retentionOf(900), 'until lately': now - 1 }[one.kept];
          const rolledBack = one.stopped && one.status === 'failed' ? ['one'] : undefined;
          await bed.bed.put(runKey(run.id), {
            status: one.status,
            endedAt,
            updatedAt: endedAt,
            ...(until === undefined ? {} : { keptUntil: until }),
            ...(one.windowDays === 0 ? {} : { rollbackWindow: retentionOf(one.windowDays) }),
            ...(rolledBack === undefined ? {} : { rolledBack }),
          });
          if (one.lock) await bed.bed.put(lockKey(`r${at}`), { holder: run.id, ownerEpoch: 1, since: 0 });
          if (one.flag) await bed.bed.put(flagKey(run.environment, `f${at}`), { owner: run.id, ownerEpoch: 1 });
          if (one.alarm) await bed.bed.put(alarmsKey(run.id, 'one'), { open: 'alarms', openSort: run.id });
          const terminal = ['succeeded', 'rolled-back'].includes(one.status) || rolledBack !== undefined;
          const over = one.endedDaysAgo >= 31 && one.windowDays < one.endedDaysAgo && one.kept !== 'for years';
          const goes = terminal && over && !one.lock && !one.flag && !one.alarm;
          runs.push({ run, goes, before: await bed.left(run) });
        }
        await bed.clean();
        await bed.later(GRACE_MS);
        await bed.clean();
        for (const { run, goes, before } of runs) {
          expect(await bed.left(run)).toEqual(goes ? [] : before);
          const { broken } = await verifyChains(store, runKey(run.id).pk, bed.bed.clock.now());
          expect(broken).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });
});
