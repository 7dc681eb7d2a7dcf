import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { create } from '../../../../functions/deliver-webhooks/index.ts';
import type { Write } from '../../../../shared/ports/store.ts';
import type { WebhookAnswer, WebhookRequest } from '../../../../shared/ports/webhook-sender.ts';
import { deliverDue } from '../../../../shared/webhooks/deliver.ts';
import { addWebhook, loadWebhook } from '../../../../shared/webhooks/keep-webhooks.ts';
import { queueTest } from '../../../../shared/webhooks/queue-message.ts';
import { deliveryKey, type WebhookState } from '../../../../shared/webhooks/webhook-state.ts';
import { memoryDeps } from '../../functions/memory-deps.ts';

const HOUR = 3_600_000;

function bed(send: (request: WebhookRequest) => Promise<WebhookAnswer>) {
  const clock = new VirtualClock(HOUR);
  const webhookKey = { read: async () => new Uint8Array(32), make: async () => new Uint8Array(32) };
  const deps = memoryDeps({ clock, sender: { send, refusal: () => undefined }, webhookKey });
  const add = (url: string) =>
    addWebhook(deps, { environment: 'test', url, subscriber: 'desk', events: ['run.failed'], format: 'standard', actor: 'ann' });
  /** A message that has failed so often, and is due. */
  const queued = async (webhook: WebhookState, attempts: number) => {
    const id = await queueTest(deps, webhook, 'ann');
    const key = deliveryKey(webhook.id, id);
    await deps.store.write({ name: 'test.age', key, set: { attempts, type: 'run.failed' }, when: [] });
    return async () => deps.store.read(key);
  };
  /** Dies once, before the first write that is such a one. */
  const dying = (isThat: (write: Write) => boolean) => {
    const { write } = deps.store;
    deps.store.write = (one) => {
      if (!isThat(one)) return write.call(deps.store, one);
      deps.store.write = write;
      return Promise.reject(new Error('died'));
    };
  };
  const alerts = () => deps.published.filter(({ type }) => type === 'alertRaised').map(({ data }) => data['code']);
  return { deps, clock, add, queued, dying, alerts };
}

describe('a message to a webhook', () => {
  it.each([
    ['given up', 503, 7, 'WEBHOOK_FAILED'],
    ['refused for good', 410, 0, 'WEBHOOK_DISABLED'],
  ])('that is %s is told of, also where its sender dies on the way', async (_, status, attempts, code) => {
    const { deps, clock, add, queued, dying, alerts } = bed(async () => ({ status }));
    const webhook = await add('https://a.test/');
    const message = await queued(webhook, attempts);
    dying(({ name }) => name === 'alert.create');
    await expect(deliverDue(deps, webhook, clock.now() + HOUR)).rejects.toThrow('died');
    await clock.advanceTo(clock.now() + 60_000);
    await deliverDue(deps, await loadWebhook(deps.store, 'test', webhook.id), clock.now() + HOUR);
    expect(alerts()).toEqual([code]);
    expect(await message()).toMatchObject({ status: 'dead' });
    expect((await loadWebhook(deps.store, 'test', webhook.id)).disabled !== undefined).toBe(status === 410);
  });

  it('is waited for though another could not be sent', async () => {
    const answer = Promise.withResolvers<WebhookAnswer>();
    const { deps, add, queued, dying } = bed(() => answer.promise);
    const [broken, slow] = [await add('https://a.test/'), await add('https://b.test/')];
    await queued(broken, 0);
    const message = await queued(slow, 0);
    dying(({ name, key }) => name === 'delivery.take' && key.pk.endsWith(broken.id));
    let over = false;
    const call = create(deps)({}, { awsRequestId: 'r', getRemainingTimeInMillis: () => 60_000 })
      .catch((error: Error) => error.message)
      .finally(() => {
        over = true;
      });
    await new Promise((resolve) => setImmediate(resolve));
    expect(over).toBe(false);
    answer.resolve({ status: 204 });
    expect(await call).toBe('died');
    expect(await message()).toMatchObject({ status: 'delivered' });
  });
});
