import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { systemClock } from '../../adapters/embedded/system-clock.ts';
import { systemIds } from '../../adapters/embedded/system-ids.ts';
import { AccessTokens } from '../../local/access-tokens.ts';
import { OwnerToken } from '../../local/owner-token.ts';
import { HeardPlane, leaksOf } from './heard-plane.ts';

const OVERLAP_MS = 60_000;

/** What rotates secrets of servers is looked through in tests/peers/rotation/planted-plane.peer.ts. */
it('lets no secret of a webhook and no token out, the old and the new', async () => {
  const plane = await HeardPlane.start();
  const environment = 'test';
  const { id: webhookId, secret } = await plane.call('add-webhook', {
    url: plane.receiver.url(),
    subscriber: 'tests',
    environment,
  });
  plane.toldOnce();
  const rotated = await plane.call('rotate-webhook', { webhookId, environment });
  plane.toldOnce();
  await plane.call('test-webhook', { webhookId, environment });
  const [sent] = plane.receiver.received;
  for (const one of [secret, rotated.secret]) new Webhook(one).verify(String(sent?.body), sent?.headers ?? {});

  const tokens = new AccessTokens(plane.dataDir, systemClock);
  const ids = systemIds();
  const old = await tokens.create({ actor: 'guest', roles: [`${environment}:operator`] }, ids);
  const next = await tokens.rotate(old.made.id, OVERLAP_MS, ids);
  const owner = new OwnerToken(plane.dataDir, systemClock);
  await owner.rotate(OVERLAP_MS);
  const known = [plane.token, await owner.read(), old.token, String(next?.token)];
  const asked = async (token: string) => (await plane.ask('/v1/runs', { token })).status;
  expect(await Promise.all(known.map(asked))).toEqual([200, 200, 200, 200]);
  await tokens.revoke(old.made.id);
  expect(await asked(old.token)).toBe(401);

  for (const text of [...known, secret, rotated.secret]) {
    const reason = `it was seen: ${text}`;
    await plane.send('rotate-webhook', { webhookId: text, environment });
    const { limits, rev: ifRev } = await plane.call('get-limits', {});
    await plane.call('put-limits', { limits, ifRev, reason });
    await plane.ask('/v1/plans/validate', { body: `{"plan": ${text}` });
    await plane.ask('/v1/runs', { token: `${text}x` });
  }
  await plane.call('list-webhooks', { environment });
  await plane.call('get-webhook', { webhookId, environment });
  await plane.call('list-deliveries', { webhookId, environment });
  await plane.call('list-audit', {});
  await plane.ask('/metrics');

  // The one file is where the owner's commands find the token.
  const told = await plane.everything((name) => name !== 'token');
  const planted = [...known, ...known.map((token) => token.split('.').at(-1) ?? ''), secret, rotated.secret];
  expect(leaksOf(told, planted)).toEqual([]);
  for (const part of [
    'event: ',
    'webhook: ',
    'stream: ',
    '"DEBUG"',
    '"log":"audit"',
    'slipway_',
    'webhookRotated',
    'it was seen: [redacted]',
  ])
    expect(told).toContain(part);
}, 60_000);
