import { describe, expect, it } from 'vitest';
import type { EndpointInput } from '../../shared/api/endpoints.ts';
import type { PlanInput } from '../../shared/plan/plan.ts';
import { Plane } from './plane.ts';

const HOUR = 3_600_000;

const planOf = (name: string, over: object = {}): PlanInput => ({
  slipway: 1,
  name,
  target: `local/${name}`,
  phases: [{ name: 'only', components: [{ name: 'one', kind: 'task', run: './tasks.ts#step', items: ['a'], ...over }] }],
});

type Settings = Partial<EndpointInput<'put-schedule'>>;

const put = (plane: Plane, name: string, settings: Settings = {}, plan = planOf(name)) =>
  plane.call('put-schedule', { name, ...plane.source(plan), expression: 'rate(1 hour)', reason: 'begin', ...settings });

/** What its schedule has run, oldest first: the times, and the run of each or why there is none. */
async function ran(plane: Plane, name: string) {
  const { events } = await plane.call('get-schedule-history', { name });
  return events.filter(({ type }) => type === 'scheduleRan').map(({ data }) => data);
}

/** Waits until its schedule has dealt with so many times. */
async function until(plane: Plane, name: string, times: number) {
  for (;;) {
    const found = await ran(plane, name);
    if (found.length >= times) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** In a year in which nothing comes due by itself. */
const LATER = 'cron(0 0 1 1 ? 2190)';

describe('a schedule', { timeout: 60_000 }, () => {
  it('runs its plan when it is due, in its own name, and is told of like a run of a person', async () => {
    const plane = await Plane.start();
    const schedule = await put(plane, 'hourly');
    expect(schedule).toMatchObject({
      name: 'hourly',
      environment: 'local',
      status: 'enabled',
      rev: 1,
      timezone: 'UTC',
      overlap: 'skip',
    });
    const [first] = await until(plane, 'hourly', 1);
    const run = await plane.ended(String(first?.['runId']));
    expect(run).toMatchObject({ status: 'succeeded', actor: 'schedule hourly', plan: { digest: schedule.plan.digest } });
    const { next, last } = await plane.call('get-schedule', { name: 'hourly', next: 2 });
    expect(last).toEqual({ at: first?.['at'], runId: run.id });
    expect(next).toEqual([Number(first?.['at']) + HOUR, Number(first?.['at']) + 2 * HOUR]);
    expect((await plane.call('list-schedules', {})).schedules.map(({ name }) => name)).toEqual(['hourly']);
  });

  it('is paused, resumed, changed and deleted, and its history says by whom and why', async () => {
    const plane = await Plane.start();
    await put(plane, 'yearly', { expression: LATER });
    const name = 'yearly';
    expect(await plane.call('pause-schedule', { name, reason: 'holidays' })).toMatchObject({
      status: 'paused',
      rev: 2,
      next: [],
    });
    expect(await plane.refused('resume-schedule', { name, ifRev: 1 })).toMatchObject({ status: 412, code: 'SCHEDULE_REVISION' });
    expect((await plane.call('resume-schedule', { name, ifRev: 2 })).next).toHaveLength(1);
    const moved = await plane.call('put-schedule', { name, expression: 'at(2190-06-01T12:00:00)', timezone: 'Europe/Berlin' });
    expect(moved).toMatchObject({ plan: { name }, next: [Date.parse('2190-06-01T10:00:00Z')] });
    await plane.call('delete-schedule', { name, reason: 'done' });
    expect(await plane.refused('get-schedule', { name })).toMatchObject({ status: 404, code: 'SCHEDULE_NOT_FOUND' });
    expect((await plane.call('list-schedules', {})).schedules).toEqual([]);
    await put(plane, name, { expression: LATER, ifRev: 0 });
    const { events } = await plane.call('get-schedule-history', { name });
    expect(events.map(({ type, data }) => [type, data['reason']])).toEqual([
      ['schedulePut', 'begin'],
      ['schedulePaused', 'holidays'],
      ['scheduleResumed', ''],
      ['schedulePut', ''],
      ['scheduleDeleted', 'done'],
      ['schedulePut', 'begin'],
    ]);
    expect(events.every(({ actor }) => actor !== '' && actor !== 'slipway')).toBe(true);
  });

  it.each([
    ['no expression', { expression: 'now and then' }, /no at\(/],
    ['no zone', { timezone: 'Berlin' }, /no time zone/],
    ['a time that is past', { expression: 'at(2020-01-01T00:00:00)' }, /never due/],
    ['a window that reaches into the next time', { windowMinutes: 60 }, /window of 60 minutes/],
  ])('is refused with %s', async (_, settings, why) => {
    const plane = await Plane.start();
    const asked = { name: 'odd', ...plane.source(planOf('odd')), expression: 'rate(1 hour)', ...settings };
    expect(await plane.refused('put-schedule', asked)).toMatchObject({
      status: 422,
      code: 'SCHEDULE_INVALID',
      detail: expect.stringMatching(why),
    });
  });

  it('is refused without a plan, with one that cannot run, and with one that acts elsewhere', async () => {
    const plane = await Plane.start();
    const elsewhere = plane.source({ ...planOf('odd'), target: 'production/odd' });
    expect(await plane.refused('put-schedule', { name: 'odd', ...elsewhere, expression: LATER })).toMatchObject({
      code: 'SCHEDULE_INVALID',
      detail: expect.stringContaining('production'),
    });
    expect(await plane.refused('put-schedule', { name: 'odd', expression: LATER })).toMatchObject({ code: 'SCHEDULE_INVALID' });
    const broken = plane.source(planOf('odd', { run: './none.ts#step' }));
    expect(await plane.refused('put-schedule', { name: 'odd', ...broken, expression: LATER })).toMatchObject({
      code: 'PLAN_INVALID',
    });
  });

  it('skips a time while the run before is not over, or waits for it', async () => {
    const plane = await Plane.start();
    const held = (name: string) => planOf(name, { input: { holdAt: 'a' }, timeout: '50s' });
    await put(plane, 'skipping', {}, held('skipping'));
    await put(plane, 'queueing', { overlap: 'queue' }, held('queueing'));
    const [before] = await until(plane, 'skipping', 1);
    await until(plane, 'queueing', 1);
    plane.forward(HOUR);
    await plane.restart();
    const [, skipped] = await until(plane, 'skipping', 2);
    const [, queued] = await until(plane, 'queueing', 2);
    expect(skipped?.['skipped']).toContain(String(before?.['runId']));
    const waiting = await plane.until(String(queued?.['runId']), ({ waitingFor }) => waitingFor !== undefined);
    expect(waiting.status).toBe('queued');
  });
});

/** Runs that queue behind each other look for the lock every few seconds. */
describe('times that were missed while the control plane was down', { timeout: 120_000 }, () => {
  it.each([
    { catchUp: 'skip', runs: [], missed: 2 },
    { catchUp: 'once', runs: [2], missed: 1 },
    { catchUp: 'all', runs: [1, 2], missed: 0 },
    { catchUp: 'all', catchUpMost: 1, runs: [2], missed: 1 },
  ] as const)('are dealt with by the policy $catchUp', async ({ runs, missed, ...settings }) => {
    const plane = await Plane.start();
    await put(plane, 'hourly', { ...settings, overlap: 'queue' });
    const [first] = await until(plane, 'hourly', 1);
    await plane.stop();
    // Half an hour is late by any measure.
    plane.forward(2.5 * HOUR);
    await plane.restart();
    const found = await until(plane, 'hourly', 1 + runs.length);
    const anchor = Number(first?.['at']);
    expect(found.slice(1).map(({ at }) => (Number(at) - anchor) / HOUR)).toEqual(runs);
    for (const { runId } of found) expect((await plane.ended(String(runId))).status).toBe('succeeded');
    for (;;) {
      const { events } = await plane.call('get-schedule-history', { name: 'hourly' });
      const due = events.filter(({ type }) => type === 'scheduleDue')[1];
      if (due) {
        expect(due.data).toMatchObject({ run: runs.map((hours) => anchor + hours * HOUR) });
        expect(due.data['missed']).toHaveLength(missed);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await plane.call('get-schedule', { name: 'hourly', next: 1 })).next).toEqual([anchor + 3 * HOUR]);
  });

  it('are none while it was paused', async () => {
    const plane = await Plane.start();
    await put(plane, 'hourly', { catchUp: 'all' });
    const [first] = await until(plane, 'hourly', 1);
    await plane.call('pause-schedule', { name: 'hourly' });
    plane.forward(3.5 * HOUR);
    await plane.restart();
    await plane.call('resume-schedule', { name: 'hourly' });
    await plane.restart();
    expect(await ran(plane, 'hourly')).toHaveLength(1);
    expect((await plane.call('get-schedule', { name: 'hourly', next: 1 })).next).toEqual([Number(first?.['at']) + 4 * HOUR]);
  });
});
