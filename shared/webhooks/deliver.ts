import { timeKey } from '../alerts/alert-state.ts';
import { takeSignal } from '../alerts/keep-alerts.ts';
import { deliveryNotFound } from '../errors/told-errors.ts';
import type { Value } from '../ports/store.ts';
import type { WebhookKey } from '../ports/webhook-key.ts';
import type { WebhookAnswer, WebhookSender } from '../ports/webhook-sender.ts';
import { commit, type JournalDeps } from '../run/journal.ts';
import { disableWebhook, enableWebhook } from './keep-webhooks.ts';
import { retryAt } from './retry-schedule.ts';
import { sign } from './sign-message.ts';
import { TEST_EVENT } from './webhook-events.ts';
import { validSecrets } from './webhook-secret.ts';
import { type DeliveryState, deliveryKey, dueOf, readDelivery, type WebhookState } from './webhook-state.ts';

export interface DeliverDeps extends JournalDeps {
  readonly sender: WebhookSender;
  readonly webhookKey: WebhookKey;
}

/** Longer than an attempt can take, ms: whoever took a message and said nothing by then is dead. */
const LEASE = 30_000;
const PAGE = 50;

/**
 * Sends what a webhook is to get by now, one message after the other, and ends with the first failure: a receiver that is down is
 * asked once and no more. Nothing new is begun after `until` (epoch ms). Answers how many were delivered.
 */
export async function deliverDue(deps: DeliverDeps, webhook: WebhookState, until: number): Promise<number> {
  const page = await deps.store.listIndex('open', dueOf(webhook.id), { limit: PAGE });
  const now = timeKey(deps.clock.now() + 1, '');
  let delivered = 0;
  for (const { sk, openSort } of page.items) {
    if (String(openSort) >= now || deps.clock.now() >= until) break;
    const taken = await take(deps, webhook, sk.slice('DELIVERY#'.length));
    if (!taken) continue;
    const answer = await attempt(deps, webhook, taken);
    await settle(deps, webhook, taken, answer);
    if (!succeeded(answer)) break;
    delivered += 1;
  }
  return delivered;
}

/**
 * Sends one message now because a person asks for it, whatever became of it before. What arrives shows that the receiver is well
 * again: a webhook that was disabled is enabled. Throws DeliveryNotFoundError.
 */
export async function deliverNow(deps: DeliverDeps, webhook: WebhookState, id: string, actor: string): Promise<DeliveryState> {
  const taken = await take(deps, webhook, id, true);
  if (!taken) throw deliveryNotFound(webhook.id, id);
  const answer = await attempt(deps, webhook, taken);
  const settled = await settle(deps, webhook, taken, answer);
  if (succeeded(answer)) await forgive(deps, webhook, taken, actor);
  return settled;
}

/** Nobody else sends it until the lease is over. Undefined: it is not due any more, or another has it. */
async function take(
  deps: DeliverDeps,
  { id: webhook }: WebhookState,
  id: string,
  anew = false,
): Promise<DeliveryState | undefined> {
  const key = deliveryKey(webhook, id);
  const item = await deps.store.read(key);
  if (!item) return undefined;
  const { status, dueAt = 0, attempts, rev } = readDelivery(item);
  const now = deps.clock.now();
  if (!anew && (status !== 'pending' || dueAt > now)) return undefined;
  const leased = now + LEASE;
  const result = await commit(deps, {
    name: 'delivery.take',
    key,
    set: {
      status: 'pending',
      attempts: anew ? 1 : attempts + 1,
      dueAt: leased,
      open: dueOf(webhook),
      openSort: timeKey(leased, id),
    },
    add: { rev: 1 },
    when: [{ test: 'equals', attribute: 'rev', value: rev }],
  });
  return result.applied ? readDelivery(result.item) : undefined;
}

async function attempt(deps: DeliverDeps, webhook: WebhookState, { id, body }: DeliveryState): Promise<WebhookAnswer> {
  const now = deps.clock.now();
  const secrets = validSecrets(await deps.webhookKey.read(), webhook, now);
  const headers = sign(secrets, { id, timestamp: Math.floor(now / 1000), body });
  return deps.sender.send({ url: webhook.url, headers, body });
}

/** Anything but 2xx is a failure, redirects too. */
const succeeded = (answer: WebhookAnswer): boolean => 'status' in answer && answer.status >= 200 && answer.status < 300;
const isGone = (answer: WebhookAnswer): boolean => 'status' in answer && answer.status === 410;

async function settle(
  deps: DeliverDeps,
  webhook: WebhookState,
  taken: DeliveryState,
  answer: WebhookAnswer,
): Promise<DeliveryState> {
  const now = deps.clock.now();
  const gone = isGone(answer);
  // Whoever tries a webhook is told at once what became of it.
  const once = taken.type === TEST_EVENT;
  const next = succeeded(answer) || gone || once ? undefined : retryAt(taken.attempts, now, deps.ids.random());
  const status = succeeded(answer) ? 'delivered' : next === undefined ? 'dead' : 'pending';
  const set: { [attribute: string]: Value } = { status, lastAttempt: { at: now, ...answer } };
  // First: who dies in between has the message still to send, and comes here again.
  if (status === 'dead' && !once) await complain(deps, webhook, taken, gone);
  if (gone && webhook.disabled === undefined) {
    const command = { environment: webhook.environment, id: webhook.id, actor: 'slipway' };
    await disableWebhook(deps, command, 'Its receiver answered 410 Gone.');
  }
  const settled = await commit(deps, {
    name: 'delivery.settle',
    key: deliveryKey(webhook.id, taken.id),
    set: next === undefined ? set : { ...set, dueAt: next, openSort: timeKey(next, taken.id) },
    remove: next === undefined ? ['dueAt', 'open', 'openSort'] : [],
    add: { rev: 1 },
    when: [{ test: 'equals', attribute: 'rev', value: taken.rev }],
  });
  const found = settled.applied ? settled.item : settled.current;
  return found ? readDelivery(found) : taken;
}

const sourceOf = (deps: DeliverDeps, { id: webhook }: WebhookState, { id, rev }: DeliveryState) => ({
  name: `webhook/${webhook}/${id}#${rev}`,
  at: deps.clock.now(),
});

/** What is given up is told, and can be replayed. */
async function complain(deps: DeliverDeps, webhook: WebhookState, taken: DeliveryState, gone: boolean): Promise<void> {
  const { id, subscriber, environment } = webhook;
  const signal = {
    raise: gone ? ('WEBHOOK_DISABLED' as const) : ('WEBHOOK_FAILED' as const),
    subject: `webhook/${id}`,
    message: gone
      ? `The receiver of webhook ${id} (${subscriber}) answered 410 Gone: nothing more is sent to it.`
      : `A message to webhook ${id} (${subscriber}) was given up after ${taken.attempts} attempts.`,
    next: gone
      ? `slipway webhooks test ${id} where it is well again, or: slipway webhooks remove ${id}`
      : `slipway webhooks replay ${id} ${taken.id}`,
  };
  await takeSignal(deps, environment, signal, sourceOf(deps, webhook, taken));
}

async function forgive(deps: DeliverDeps, webhook: WebhookState, taken: DeliveryState, actor: string): Promise<void> {
  const { id, environment, disabled } = webhook;
  if (disabled !== undefined) await enableWebhook(deps, { environment, id, actor });
  for (const resolve of ['WEBHOOK_FAILED', 'WEBHOOK_DISABLED'] as const) {
    const signal = { resolve, subject: `webhook/${id}`, reason: 'A message has arrived.' };
    await takeSignal(deps, environment, signal, sourceOf(deps, webhook, taken));
  }
}
