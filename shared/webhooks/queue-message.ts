import { createHash } from 'node:crypto';
import { timeKey } from '../alerts/alert-state.ts';
import type { RunEvent } from '../ports/events.ts';
import { commit, type JournalDeps } from '../run/journal.ts';
import { listWebhooks } from './keep-webhooks.ts';
import { messageBody } from './message-body.ts';
import { type RunFacts, TEST_EVENT, type Told, tell, webhookEventOf } from './webhook-events.ts';
import { deliveryKey, dueOf, type WebhookState } from './webhook-state.ts';

/** How long messages are kept, s. */
const KEPT = 30 * 24 * 3600;

/**
 * Writes a message for every webhook that wants the event, and answers those webhooks. The id is the event's and the webhook's, so that
 * an event which is delivered again brings no second message. `factsOf` is asked only where somebody listens.
 */
export async function queueMessages(
  deps: JournalDeps,
  event: RunEvent,
  factsOf: (event: RunEvent) => Promise<RunFacts | undefined>,
): Promise<readonly WebhookState[]> {
  const type = webhookEventOf(event);
  if (type === undefined) return [];
  const listening = (await listWebhooks(deps.store)).filter(
    ({ events, disabled }) => disabled === undefined && events.includes(type),
  );
  if (listening.length === 0) return [];
  const facts = await factsOf(event);
  const environment = facts?.run.environment ?? event.data['environment'];
  const wanted = listening.filter(
    (webhook) =>
      webhook.environment === environment &&
      (webhook.customer === undefined || webhook.customer === facts?.run.target.split('/')[1]),
  );
  const told = tell(type, event, facts);
  const name = `${event.runId}\n${event.item}\n${event.rev}`;
  for (const webhook of wanted) await queue(deps, webhook, messageId(webhook.id, event.at, name), told);
  return wanted;
}

/** A message for one webhook that tells of nothing; answers its id. */
export async function queueTest(deps: JournalDeps, webhook: WebhookState, actor: string): Promise<string> {
  const at = deps.clock.now();
  const id = messageId(webhook.id, at, deps.ids.next());
  const { id: webhookId, environment } = webhook;
  const data = { webhookId, environment, message: `A test of webhook ${webhookId}, sent by ${actor}.` };
  await queue(deps, webhook, id, { type: TEST_EVENT, timestamp: new Date(at).toISOString(), data });
  return id;
}

async function queue(deps: JournalDeps, webhook: WebhookState, id: string, told: Told): Promise<void> {
  const now = deps.clock.now();
  const due = { dueAt: now, open: dueOf(webhook.id), openSort: timeKey(now, id) };
  const kept = { createdAt: now, expiresAt: Math.floor(now / 1000) + KEPT, schemaVersion: 1 };
  const body = messageBody(webhook.format, told);
  await commit(deps, {
    name: 'delivery.add',
    key: deliveryKey(webhook.id, id),
    set: { id, type: told.type, body, status: 'pending', attempts: 0, ...due, ...kept },
    add: { rev: 1 },
    when: [{ test: 'absent', attribute: 'rev' }],
  });
}

/** Sorts by the time of what it tells. */
function messageId(webhook: string, at: number, name: string): string {
  const hash = createHash('sha256').update(`${webhook}\n${name}`).digest('hex');
  return `msg_${at.toString(36).padStart(9, '0')}${hash.slice(0, 20)}`;
}
