import { describe, expect, it } from 'vitest';
import { ALERTING, environmentIn, signalsOf } from '../../../../shared/alerts/alert-signals.ts';
import type { EventType, RunEvent } from '../../../../shared/ports/events.ts';

const event = (type: EventType, data: RunEvent['data'] = {}, item = 'RUN'): RunEvent => ({
  type,
  runId: 'r1',
  item,
  rev: 3,
  epoch: 1,
  at: 1000,
  actor: 'slipway',
  data,
  prev: '',
  hash: '',
});

describe('signalsOf', () => {
  it.each([
    ['failed', 'MIGRATION_FAILED', 'Run r1 failed: no table'],
    ['partially-failed', 'MIGRATION_FAILED', 'Run r1 failed in part: no table'],
    ['rollback-failed', 'ROLLBACK_FAILED', 'Run r1 could not be taken back: no table'],
  ])('raises for a run that comes to %s', (to, raise, message) => {
    expect(signalsOf(event('statusChanged', { to, reason: 'no table', next: 'mend it' }))).toEqual([
      { raise, subject: 'run/r1', message, next: 'mend it' },
    ]);
  });

  it('raises for a rollback that has lost a lock, and nothing for a run at rest', () => {
    const broken = (from: string, to: string) => event('lockBroken', { from, to, reason: 'it hung' });
    expect(ALERTING).toContain('lockBroken');
    expect(signalsOf(broken('rolling-back', 'rollback-failed'))).toMatchObject([{ raise: 'ROLLBACK_FAILED', subject: 'run/r1' }]);
    expect(signalsOf(broken('rollback-failed', 'rollback-failed'))).toEqual([]);
    expect(signalsOf(broken('succeeded', 'succeeded'))).toEqual([]);
  });

  it('names where to look when the event names no next action', () => {
    expect(signalsOf(event('statusChanged', { to: 'failed' }))).toMatchObject([
      { message: 'Run r1 failed.', next: 'slipway status r1' },
    ]);
  });

  it('resolves what failed when the run succeeds or is rolled back, and nothing for a component', () => {
    for (const to of ['succeeded', 'rolled-back']) {
      expect(signalsOf(event('statusChanged', { to }))).toMatchObject([
        { resolve: 'MIGRATION_FAILED', subject: 'run/r1' },
        { resolve: 'ROLLBACK_FAILED', subject: 'run/r1' },
      ]);
    }
    expect(signalsOf(event('statusChanged', { to: 'running' }))).toEqual([]);
    expect(signalsOf(event('statusChanged', { asksAgain: true }, 'COMPONENT#ask'))).toEqual([]);
  });

  it('raises for a guardrail that trips, with the flag and the reason', () => {
    expect(signalsOf(event('flagTripped', { reason: 'errors > 1 %' }, 'FLAG#production#new-search'))).toMatchObject([
      { raise: 'GUARDRAIL_TRIPPED', subject: 'run/r1', message: expect.stringMatching(/new-search .* errors > 1 %/) },
    ]);
  });

  it('raises for each guardrail that goes off, and resolves each that is quiet again', () => {
    const data = { began: [{ name: 'errors', sentence: 'errors are 3' }], ended: ['latency'] };
    expect(signalsOf(event('guardrailAlert', data, 'COMPONENT#search'))).toMatchObject([
      { raise: 'GUARDRAIL_ALERT', subject: 'run/r1/search/errors', message: 'Guardrail errors of run r1: errors are 3' },
      { resolve: 'GUARDRAIL_ALERT', subject: 'run/r1/search/latency' },
    ]);
  });

  it('waits for nobody any more where the component was taken back meanwhile', () => {
    expect(ALERTING).toContain('componentUndone');
    expect(signalsOf(event('componentUndone', {}, 'COMPONENT#ask'))).toMatchObject([
      { resolve: 'APPROVAL_WAITING', subject: 'run/r1/ask' },
    ]);
  });

  it('raises while a component waits for a person, and resolves with the answer', () => {
    expect(signalsOf(event('approvalRequested', { prompt: 'May we?' }, 'COMPONENT#ask'))).toMatchObject([
      { raise: 'APPROVAL_WAITING', subject: 'run/r1/ask', message: expect.stringContaining('May we?') },
    ]);
    expect(signalsOf(event('approvalRequested', {}, 'RUN'))).toEqual([]);
    expect(signalsOf(event('approvalDecided', { approved: false }, 'COMPONENT#ask'))).toEqual([
      { resolve: 'APPROVAL_WAITING', subject: 'run/r1/ask', reason: 'It was rejected.' },
    ]);
  });

  it('raises for times of a schedule that were let go, in its own environment, and resolves with one that is kept', () => {
    const due = event('scheduleDue', { run: [], missed: [0, 60_000], more: true }, 'SCHEDULE#staging#nightly');
    expect(environmentIn(due)).toBe('staging');
    expect(environmentIn(event('statusChanged'))).toBeUndefined();
    expect(signalsOf(due)).toEqual([
      {
        raise: 'SCHEDULE_MISSED',
        subject: 'schedule/staging/nightly',
        message: 'Schedule nightly of staging has let 2 or more of its times go, the last at 1970-01-01T00:01:00.000Z.',
        next: 'slipway schedules history nightly --environment staging',
      },
    ]);
    expect(signalsOf(event('scheduleDue', { run: [1], missed: [] }, 'SCHEDULE#staging#nightly'))).toMatchObject([
      { resolve: 'SCHEDULE_MISSED', subject: 'schedule/staging/nightly' },
    ]);
  });

  it('raises for an effect of which nobody knows', () => {
    expect(signalsOf(event('ambiguousEffect', { step: 2, next: 'look' }, 'COMPONENT#pay'))).toMatchObject([
      { raise: 'AMBIGUOUS_EFFECT', subject: 'run/r1/pay', next: 'look', message: expect.stringContaining('Step 2 of pay') },
    ]);
  });

  it('has something to say of no other event', () => {
    expect(signalsOf(event('checkpointCreated'))).toEqual([]);
    expect(new Set<EventType>(ALERTING).has('checkpointCreated')).toBe(false);
  });
});
