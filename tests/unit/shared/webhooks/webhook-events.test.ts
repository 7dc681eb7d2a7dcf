import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../shared/ports/events.ts';
import { decideRun } from '../../../../shared/run/run-decisions.ts';
import { type RunState, runStatus } from '../../../../shared/run/run-state.ts';
import { messageBody } from '../../../../shared/webhooks/message-body.ts';
import { PUBLISHED, tell, WEBHOOK_EVENTS, webhookEventOf } from '../../../../shared/webhooks/webhook-events.ts';
import { runBed } from '../run/run-bed.ts';

const event = (over: Partial<RunEvent>): RunEvent => ({
  type: 'statusChanged',
  runId: 'r1',
  item: 'RUN',
  rev: 2,
  epoch: 1,
  at: 1_000,
  actor: 'slipway',
  data: {},
  prev: '',
  hash: '',
  ...over,
});

describe('the events of webhooks', () => {
  it('are those of the guide, word by word', () => {
    const guide = readFileSync(new URL('../../../../docs/webhooks.md', import.meta.url), 'utf8');
    const rows = [...guide.matchAll(/^\| `((?:run|alert)\.\w+)` \| (.+) \|$/gm)].map(([, type, when]) => [type, when]);
    expect(Object.fromEntries(rows)).toEqual(WEBHOOK_EVENTS);
    expect(rows.length).toBe(Object.keys(WEBHOOK_EVENTS).length);
  });

  it.each([
    ['await-approval', 'run.waiting', { type: 'await-approval', component: 'ask' }, 'running'],
    ['await another approval', 'run.waiting', { type: 'await-approval', component: 'ask' }, 'awaiting-approval'],
    ['go back', 'run.rollingBack', { type: 'go-back', reason: 'no' }, 'running'],
    ['go back already', undefined, { type: 'go-back', reason: 'no', code: 'EMERGENCY_STOP', joins: true }, 'rolling-back'],
    ['lose a lock', 'run.stopped', { type: 'break', resource: 'target:a/b', reason: 'no' }, 'running'],
    ['lose a lock at rest', undefined, { type: 'break', resource: 'target:a/b', reason: 'no' }, 'failed'],
    ['be at rest', 'run.paused', { type: 'rest', status: 'paused', reason: 'no' }, 'pausing'],
    ['be resumed', undefined, { type: 'go-on', reason: 'yes' }, 'paused'],
  ] as const)('tell of what a run decides: to %s is %s', async (_, told, command, status) => {
    const direction = status === 'rolling-back' ? 'back' : 'forward';
    const run: RunState = { ...(await runBed().start()), status, direction };
    const decision = decideRun(run, command, { now: 1_000, actor: 'ann' });
    if (!('event' in decision)) throw new Error(decision.refused);
    const { type, data } = decision.event;
    expect(PUBLISHED.includes(type as never) ? webhookEventOf(event({ type, data: data as never })) : undefined).toBe(told);
  });

  it('say which component a person is asked about', async () => {
    const run = await runBed().start();
    const data = { from: 'running', to: 'awaiting-approval', component: 'ask' };
    const facts = { run, progress: 0.5 };
    expect(tell('run.waiting', event({ type: 'approvalRequested', data }), facts).data).toMatchObject({
      status: 'awaiting-approval',
      component: 'ask',
    });
  });

  it('each come about by an event of the bus', () => {
    const ofStatus = runStatus.options.map((to) => webhookEventOf(event({ data: { to } })));
    const others = PUBLISHED.map((type) => webhookEventOf(event({ type })));
    expect(new Set([...ofStatus, ...others].filter((type) => type !== undefined))).toEqual(new Set(Object.keys(WEBHOOK_EVENTS)));
  });

  it('say nothing of what is no status of a run', () => {
    expect(webhookEventOf(event({ item: 'COMPONENT#one', data: { to: 'failed' } }))).toBeUndefined();
    expect(webhookEventOf(event({ type: 'stepStarted' }))).toBeUndefined();
  });

  it('hold no secrets', () => {
    const told = tell('alert.raised', event({ type: 'alertRaised', data: { message: 'password=hunter2hunter2' } }), undefined);
    expect(told.data['message']).toBe('password=[redacted]');
  });
});

describe('a message for a chat', () => {
  const told = tell(
    'alert.raised',
    event({
      type: 'alertRaised',
      data: { severity: 'critical', code: 'X', environment: 'e', message: '<!channel> & co', next: 'look' },
    }),
    undefined,
  );

  it('calls nobody in Slack', () => {
    expect(JSON.parse(messageBody('slack', told))).toEqual({ text: '[critical] X (e): &lt;!channel&gt; &amp; co\nNext: look' });
  });

  it('is a card in Teams', () => {
    const { type, attachments } = JSON.parse(messageBody('teams', told));
    expect(type).toBe('message');
    expect(attachments[0]).toMatchObject({
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: {
        type: 'AdaptiveCard',
        body: [{ type: 'TextBlock', wrap: true, text: '[critical] X (e): <!channel> & co\nNext: look' }],
      },
    });
  });
});
