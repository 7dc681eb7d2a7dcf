import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../shared/ports/events.ts';
import { runStatus } from '../../../../shared/run/run-state.ts';
import { messageBody } from '../../../../shared/webhooks/message-body.ts';
import { PUBLISHED, tell, WEBHOOK_EVENTS, webhookEventOf } from '../../../../shared/webhooks/webhook-events.ts';

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
