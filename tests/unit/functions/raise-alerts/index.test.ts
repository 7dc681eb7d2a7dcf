import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { create as acknowledge } from '../../../../functions/acknowledge-alert/index.ts';
import { create as getAlert } from '../../../../functions/get-alert/index.ts';
import { create as getSettings } from '../../../../functions/get-alert-settings/index.ts';
import { create as getHistory } from '../../../../functions/get-alert-settings-history/index.ts';
import { create as listAlerts } from '../../../../functions/list-alerts/index.ts';
import { create as listAudit } from '../../../../functions/list-audit/index.ts';
import { create as putSettings } from '../../../../functions/put-alert-settings/index.ts';
import { create } from '../../../../functions/raise-alerts/index.ts';
import { create as verifyAudit } from '../../../../functions/verify-audit/index.ts';
import type { RunEvent } from '../../../../shared/ports/events.ts';
import type { Notice } from '../../../../shared/ports/notifier.ts';
import type { Item, Key, Value } from '../../../../shared/ports/store.ts';
import { alertSettingsKey, componentKey, haltKey, limitsKey, queueKey, runKey } from '../../../../shared/run/keys.ts';
import { runBed } from '../../shared/run/run-bed.ts';
import { ask } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

const START = Date.parse('2026-06-10T12:00:00Z');
const MINUTE = 60_000;

function bed() {
  const clock = new VirtualClock(START);
  const told: Notice[] = [];
  const faults: Error[] = [];
  const notifier = {
    tell: async (notice: Notice) => {
      const fault = faults.pop();
      if (fault) throw fault;
      told.push(notice);
    },
  };
  const deps = memoryDeps({ clock, notifier });
  const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 30_000 };
  const call = (event: object) => create(deps)(event, context) as Promise<{ told: string[] }>;
  const hear = (over: Partial<RunEvent> = {}) =>
    call({
      detail: {
        type: 'statusChanged',
        runId: 'r1',
        item: 'RUN',
        rev: 3,
        epoch: 1,
        at: clock.now(),
        actor: 'slipway',
        data: { to: 'failed', reason: 'no table', next: 'mend it' },
        prev: '',
        hash: '',
        ...over,
      },
    });
  return {
    deps,
    clock,
    told,
    faults,
    hear,
    tick: () => call({ source: 'aws.events', detail: {} }),
    pass: (minutes: number) => clock.advanceTo(clock.now() + minutes * MINUTE),
    alerts: async () => (await ask(listAlerts, deps)).body.alerts,
    set: (settings: object) => ask(putSettings, deps, { body: { settings } }),
  };
}

const WAITING = { type: 'approvalRequested', item: 'COMPONENT#ask', data: { prompt: 'May we?' } } as const;

describe('raise-alerts', () => {
  it('tells at once of a run that failed, and lists it', async () => {
    const { hear, told, alerts } = bed();
    await hear();
    expect(told).toMatchObject([
      {
        code: 'MIGRATION_FAILED',
        severity: 'critical',
        subject: 'run/r1',
        message: 'Run r1 failed: no table',
        next: 'mend it',
        escalations: 0,
      },
    ]);
    expect(await alerts()).toMatchObject([{ status: 'open', count: 1, toldAt: START, tellAt: START + 15 * MINUTE }]);
  });

  it('is not told twice of one event, nor of one subject while it is open', async () => {
    const { hear, told, alerts, pass } = bed();
    await hear();
    await hear();
    expect(await alerts()).toMatchObject([{ count: 1 }]);
    await pass(1);
    await hear({ rev: 9 });
    expect(await alerts()).toMatchObject([{ count: 2 }]);
    expect(told).toHaveLength(1);
  });

  it('goes on to be told where the telling failed, by the same event or by the schedule', async () => {
    const first = bed();
    first.faults.push(new Error('no topic'));
    await expect(first.hear()).rejects.toThrow('no topic');
    await first.hear();
    expect(first.told).toHaveLength(1);
    const second = bed();
    second.faults.push(new Error('no topic'));
    await expect(second.hear()).rejects.toThrow('no topic');
    await second.tick();
    expect(second.told).toHaveLength(1);
  });

  it('tells of the others where one of those that are due cannot be told', async () => {
    const { hear, tick, told, faults } = bed();
    for (const runId of ['r1', 'r2', 'r3']) {
      faults.push(new Error('no topic'));
      await expect(hear({ runId })).rejects.toThrow('no topic');
    }
    faults.push(new Error('no such word'));
    await expect(tick()).rejects.toThrow('no such word');
    expect(told).toHaveLength(2);
    await tick();
    expect(told.map(({ subject }) => subject).toSorted()).toEqual(['run/r1', 'run/r2', 'run/r3']);
  });

  it('leaves no half of a character where it cuts a message off', async () => {
    const { hear, told } = bed();
    await hear({ data: { to: 'failed', reason: '\u{1F4A5}'.repeat(600) } });
    await hear({ runId: 'r2', data: { to: 'failed', reason: `.${'\u{1F4A5}'.repeat(600)}` } });
    expect(told.map(({ message }) => message.isWellFormed())).toEqual([true, true]);
  });

  it('escalates so often as set, until somebody acknowledges it', async () => {
    const { hear, tick, pass, told, alerts, deps, set } = bed();
    await set({ escalateAfterMinutes: 10, escalations: 5 });
    await hear();
    await pass(9);
    await tick();
    expect(told).toHaveLength(1);
    for (const escalations of [1, 2]) {
      await pass(10);
      await tick();
      expect(told.at(-1)).toMatchObject({ escalations });
    }
    const [{ id }] = await alerts();
    const { body } = await ask(acknowledge, deps, { path: { alertId: id }, body: { note: 'on it' } });
    expect(body).toMatchObject({ status: 'acknowledged', acknowledged: { by: 'ada', note: 'on it' } });
    await pass(60);
    await tick();
    expect(told).toHaveLength(3);
    const history = (await ask(getAlert, deps, { path: { alertId: id } })).body.history;
    expect(history.map(({ type }: RunEvent) => type)).toEqual([
      'alertRaised',
      'alertTold',
      'alertTold',
      'alertTold',
      'alertAcknowledged',
    ]);
  });

  it('stops escalating after the last time', async () => {
    const { hear, tick, pass, told, set } = bed();
    await set({ escalateAfterMinutes: 1, escalations: 1 });
    await hear();
    for (let minute = 0; minute < 5; minute += 1) {
      await pass(1);
      await tick();
    }
    expect(told).toHaveLength(2);
  });

  it('keeps what is not critical until quiet hours are over, and lets the critical through', async () => {
    const { hear, tick, pass, told, set } = bed();
    await set({ quietHours: [{ zone: 'UTC', from: '11:00', to: '13:00' }] });
    await hear(WAITING);
    expect(told).toEqual([]);
    await hear({ rev: 4 });
    expect(told).toMatchObject([{ code: 'MIGRATION_FAILED' }]);
    await pass(59);
    await tick();
    await pass(1);
    await tick();
    expect(told.filter(({ code }) => code === 'APPROVAL_WAITING')).toHaveLength(1);
  });

  it('tells nobody of what is less than is wanted, and lists it', async () => {
    const { hear, tick, told, alerts, set } = bed();
    await set({ tell: 'warning' });
    await hear(WAITING);
    await tick();
    expect(told).toEqual([]);
    expect(await alerts()).toMatchObject([{ code: 'APPROVAL_WAITING', status: 'open' }]);
  });

  it('resolves what is over before anybody was told, and opens it again when it is raised anew', async () => {
    const { hear, tick, pass, told, alerts, set } = bed();
    await set({ quietHours: [{ zone: 'UTC', from: '11:00', to: '13:00' }] });
    await hear(WAITING);
    await pass(1);
    await hear({ type: 'approvalDecided', item: 'COMPONENT#ask', rev: 4, data: { approved: true } });
    expect(await alerts()).toMatchObject([{ status: 'resolved' }]);
    await pass(120);
    await tick();
    expect(told).toEqual([]);
    await hear({ ...WAITING, rev: 7 });
    expect(await alerts()).toMatchObject([{ status: 'open', count: 1 }]);
    expect(told).toHaveLength(1);
  });

  it('takes no notice of an event that comes after a later one', async () => {
    const { hear, pass, alerts } = bed();
    await pass(5);
    await hear();
    await pass(1);
    await hear({ rev: 5, data: { to: 'succeeded' } });
    await hear({ rev: 2, at: START });
    expect(await alerts()).toMatchObject([{ status: 'resolved' }]);
  });

  it('refuses settings over those of somebody else, and ids of no alert', async () => {
    const { deps, set } = bed();
    await set({});
    const stale = await ask(putSettings, deps, { body: { settings: {}, ifRev: 0 } });
    expect(stale).toMatchObject({ status: 412, body: { code: 'REVISION' } });
    expect(await ask(getAlert, deps, { path: { alertId: 'a'.repeat(26) } })).toMatchObject({ status: 404 });
    expect(await ask(acknowledge, deps, { path: { alertId: 'x' }, body: {} })).toMatchObject({ status: 422 });
  });
});

describe('an event that comes after the one that ended what it tells of', () => {
  async function over(key: Key, set: Record<string, Value>) {
    const made = bed();
    const inner = runBed();
    const { pk: _, sk: __, ...base } = await inner.item(runKey((await inner.start()).id));
    const put = (at: Key, all: Record<string, Value>) => made.deps.store.write({ name: 'test.put', key: at, set: all, when: [] });
    await put(runKey('r1'), { ...base, id: 'r1', environment: 'test' });
    await put(key, set);
    return made;
  }
  const state = async ({ alerts }: { alerts: () => Promise<Record<string, string>[]> }) =>
    (await alerts()).map(({ code, status }) => [code, status]);

  it.each(['rolled-back', 'succeeded'])('tells that a run failed, which is over: it is %s', async (status) => {
    const made = await over(runKey('r1'), { status });
    await made.hear({ data: { to: status }, rev: 5 });
    await made.hear();
    expect(made.told).toHaveLength(1);
    expect(await state(made)).toEqual([['MIGRATION_FAILED', 'resolved']]);
    await made.pass(60);
    await made.tick();
    await made.hear({ at: START });
    expect(made.told).toHaveLength(1);
    expect(await state(made)).toEqual([['MIGRATION_FAILED', 'resolved']]);
  });

  it('keeps open what is not over', async () => {
    const made = await over(runKey('r1'), { status: 'failed' });
    await made.hear();
    expect(await state(made)).toEqual([['MIGRATION_FAILED', 'open']]);
  });

  const ask = { prompt: 'May we?', expiresAt: START + MINUTE, onExpiry: 'reject' };
  const decision = { approved: true, actor: 'ann', reason: '', at: START };
  it.each<[string, Record<string, Value>, string]>([
    ['was answered', { approval: { ...ask, decision } }, 'resolved'],
    ['was taken back', { approval: ask, direction: 'back' }, 'resolved'],
    ['waits', { approval: ask, direction: 'forward' }, 'open'],
  ])('waits for a person only where the component %s', async (_, component, status) => {
    const made = await over(componentKey('r1', 'ask'), component);
    await made.hear(WAITING);
    expect(await state(made)).toEqual([['APPROVAL_WAITING', status]]);
  });
});

describe('a queue that is stuck', () => {
  const place = (over: object = {}) => ({
    epoch: 1,
    environment: 'test',
    actor: 'ann',
    priority: 0,
    semaphores: [],
    at: START,
    ...over,
  });

  /** Runs in the queue, each with its status and its place; one at once may be under way. */
  async function queued(runs: { readonly [id: string]: { readonly status?: string; readonly heldSince?: number } }) {
    const made = bed();
    const { store } = made.deps;
    const put = (key: Key, set: Record<string, Value>) => store.write({ name: 'test.put', key, set, when: [] });
    const { pk: _, sk: __, ...base } = await startedRun();
    for (const [id, { status, ...over }] of Object.entries(runs)) {
      if (status !== undefined) await put(runKey(id), { ...base, id, status, environment: 'test' });
      await put(queueKey, { rev: 1, [`run:${id}`]: place(over) });
    }
    await put(limitsKey, { limits: { atOnce: 1, perEnvironment: null, perPerson: {} }, rev: 1 });
    const state = async () =>
      (await made.alerts()).map(({ code, status, subject }: Record<string, string>) => [code, status, subject]);
    return { ...made, put, state };
  }

  async function startedRun(): Promise<Item> {
    const inner = runBed();
    return inner.item(runKey((await inner.start()).id));
  }

  it('is told of once, after the time that the environment bears, and resolved when the run has gone in', async () => {
    const { tick, pass, told, put, state } = await queued({ r1: { status: 'queued' } });
    await tick();
    await pass(9);
    await tick();
    expect(await state()).toEqual([]);
    await pass(1);
    await tick();
    await tick();
    expect(told).toMatchObject([{ code: 'QUEUE_STUCK', severity: 'warning', subject: 'run/r1', environment: 'test' }]);
    expect(told[0]?.message).toBe('Run r1 has waited at the head of the queue for 10 min while a slot is free.');
    await put(queueKey, { 'run:r1': place({ heldSince: START }) });
    await tick();
    expect(await state()).toEqual([['QUEUE_STUCK', 'resolved', 'run/r1']]);
  });

  it.each([
    ['is gone', {}],
    ['has ended', { status: 'succeeded' }],
    ['rests for a person', { status: 'failed' }],
  ])('is told of where the slot is held by a run that %s', async (_, holder) => {
    const { tick, pass, told } = await queued({ r0: { ...holder, heldSince: START }, r1: { status: 'queued' } });
    await tick();
    await pass(10);
    await tick();
    expect(told.map(({ message }) => message)).toEqual([
      'Run r1 has waited at the head of the queue for 10 min behind run r0, which holds a slot and is not under way.',
    ]);
  });

  it.each<[string, { readonly [id: string]: { readonly status: string; readonly heldSince?: number } }]>([
    ['the slot is taken', { r0: { status: 'running', heldSince: START }, r1: { status: 'queued' } }],
    ['another is before it', { r0: { status: 'running', heldSince: START }, r1: { status: 'queued' }, r2: { status: 'queued' } }],
    ['it was stopped', { r1: { status: 'stopped' } }],
  ])('is not told of where %s', async (_, runs) => {
    const { tick, pass, told } = await queued(runs);
    await tick();
    await pass(60);
    await tick();
    expect(told).toEqual([]);
  });

  it('waits for nothing in an environment that is halted, and as long as its settings say', async () => {
    const { tick, pass, told, put, set } = await queued({ r1: { status: 'queued' } });
    await put(haltKey('test'), { active: true });
    await tick();
    await pass(60);
    await tick();
    expect(told).toEqual([]);
    await put(haltKey('test'), { active: false });
    await set({ queueStuckMinutes: 3 });
    await tick();
    await pass(3);
    await tick();
    expect(told).toHaveLength(1);
  });

  it('is told of again after a death before that was written down, which is the same alert', async () => {
    const { tick, pass, told, deps, state } = await queued({ r1: { status: 'queued' } });
    await tick();
    await pass(10);
    const { write } = deps.store;
    deps.store.write = (one) => (one.name === 'queue.watch' ? Promise.reject(new Error('died')) : write.call(deps.store, one));
    await expect(tick()).rejects.toThrow('died');
    deps.store.write = write;
    await tick();
    expect(told).toHaveLength(1);
    expect(await state()).toEqual([['QUEUE_STUCK', 'open', 'run/r1']]);
  });

  it('cannot be looked at, and people are told of the rest', async () => {
    const { tick, pass, told, hear, deps } = await queued({ r1: { status: 'queued' } });
    await hear({ runId: 'r2' });
    await pass(15);
    deps.store.readMany = () => Promise.reject(new Error('no answer'));
    await expect(tick()).rejects.toThrow('no answer');
    expect(told).toMatchObject([{ escalations: 0 }, { subject: 'run/r2', escalations: 1 }]);
  });
});

describe('alert settings', () => {
  it('are changed by audited events, which make their history', async () => {
    const { deps } = bed();
    const put = (body: object) => ask(putSettings, deps, { body: { environment: 'production', ...body } });
    expect((await put({ settings: { tell: 'warning' }, reason: 'too much noise', ifRev: 0 })).body.rev).toBe(1);
    expect((await put({ settings: { tell: 'critical' }, ifRev: 1 })).body).toMatchObject({
      rev: 2,
      settings: { tell: 'critical' },
    });
    expect(await put({ settings: {}, ifRev: 1 })).toMatchObject({ status: 412, body: { code: 'REVISION' } });
    const { events } = (await ask(getHistory, deps, { query: { environment: 'production' } })).body;
    expect(events).toMatchObject([
      { type: 'alertSettingsPut', actor: 'ada', rev: 1, item: 'SETTINGS#alerts#production', data: { reason: 'too much noise' } },
      { rev: 2, prev: events[0].hash, data: { settings: { tell: 'critical' } } },
    ]);
    expect((await ask(getHistory, deps, { query: { environment: 'staging' } })).body.events).toEqual([]);
    const { entries } = (await ask(listAudit, deps, { roles: ['production:viewer'] })).body;
    expect(entries).toMatchObject([
      { type: 'alertSettingsPut', environment: 'production' },
      { of: 'SETTINGS#alerts#production' },
    ]);
    expect((await ask(listAudit, deps, { roles: ['staging:viewer'] })).body.entries).toEqual([]);
    const { items } = (await ask(verifyAudit, deps, { query: { of: 'SETTINGS#alerts#production' } })).body;
    expect(items).toEqual([{ of: 'SETTINGS#alerts#production', environment: 'production', events: 2, broken: [] }]);
  });

  it('of the release before are read, and changed', async () => {
    const { deps } = bed();
    const settings = { tell: 'warning', quietHours: [], escalateAfterMinutes: 5, escalations: 1 };
    const set = { settings, rev: 3, changedBy: 'ann', changedAt: 1, schemaVersion: 1 };
    await deps.store.write({ name: 'test.put', key: alertSettingsKey('test'), set, when: [] });
    const found = (await ask(getSettings, deps)).body;
    expect(found).toMatchObject({ rev: 3, settings: { tell: 'warning', queueStuckMinutes: 10 } });
    expect((await ask(putSettings, deps, { body: { settings: found.settings, ifRev: 3 } })).body.rev).toBe(4);
    expect((await ask(getHistory, deps)).body.events).toHaveLength(1);
  });
});
