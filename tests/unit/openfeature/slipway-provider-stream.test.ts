import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
import type { RemoteOptions, SlipwayProvider } from '../../../openfeature/index.ts';
import type { FlagServer } from './flag-server.ts';
import { off, on, ProviderBed } from './provider-bed.ts';

describe('SlipwayProvider with a stream of events', () => {
  let bed: ProviderBed;
  let clock: VirtualClock;
  let server: FlagServer;

  beforeEach(async () => {
    bed = await ProviderBed.open();
    ({ clock, server } = bed);
  });
  afterEach(() => bed.close());

  const provider = (options: Partial<RemoteOptions> = {}) => bed.provider(options);
  const open = (one: SlipwayProvider) => bed.use(one);

  it('hears of a change by the event stream without waiting for the next look', async () => {
    const { client, ready, told } = open(provider({ stream: true }));
    await ready;
    await server.answered(3);
    server.set(off);
    server.say(
      `id: 1\ndata: ${JSON.stringify({ type: 'statusChanged', item: 'RUN', data: { to: 'running' } })}\n\n: heartbeat\n\n`,
    );
    server.say(`data: ${JSON.stringify({ item: 'FLAG#staging#f' })}\n\n`);
    expect(server.requests).toHaveLength(3);
    server.say(`data: ${JSON.stringify({ item: 'FLAG#production#f' })}\n\n`);
    await told.until(2);
    expect(told.kinds).toEqual(['READY', 'CONFIGURATION_CHANGED']);
    expect(clock.now()).toBe(0);
    expect(await client.getBooleanValue('f', true)).toBe(false);
  });

  it('is on the old side as soon as it hears of a trip, and asks for the flags anew whatever it knew', async () => {
    const { client, ready, told } = open(provider({ stream: true, pollMs: 1e9 }));
    await ready;
    await server.answered(3);
    const late = Promise.withResolvers<void>();
    server.answerWith((_, response) => {
      void late.promise.then(() => response.writeHead(503).end());
    });
    const tripped = { type: 'flagTripped', item: 'FLAG#production#f', data: { document: off.flags.f } };
    server.say(`data: ${JSON.stringify(tripped)}\n\n`);
    await told.until(2);
    expect(told.heard[1]).toMatchObject({ kind: 'CONFIGURATION_CHANGED', flagsChanged: ['f'] });
    expect(await client.getBooleanValue('f', true)).toBe(false);
    await server.answered(4);
    expect(server.requests.at(-1)?.etag).toBeUndefined();
    late.resolve();
  });

  it('does not go back to the new side by an answer that was given before the trip', async () => {
    const { client, ready, told } = open(provider({ stream: true, pollMs: 1e9 }));
    await ready;
    await server.answered(3);
    const late = Promise.withResolvers<void>();
    server.answerWith((_, response) => {
      const flags = JSON.stringify({ environment: 'production', flags: on, rev: 2 });
      void late.promise.then(() => response.writeHead(200, { etag: '"2"' }).end(flags));
    });
    server.say(`data: ${JSON.stringify({ item: 'FLAG#production#g' })}\n\n`);
    await server.answered(4);
    const tripped = { type: 'flagTripped', item: 'FLAG#production#f', data: { document: off.flags.f } };
    server.say(`data: ${JSON.stringify(tripped)}\n\n`);
    await told.until(2);
    server.answerWith((_, response) => response.writeHead(503).end());
    late.resolve();
    await server.answered(5);
    expect(await client.getBooleanValue('f', true)).toBe(false);
  });

  it('only asks for the flags where a trip carries nothing that it can use', async () => {
    const { client, ready, told } = open(provider({ stream: true, pollMs: 1e9 }));
    await ready;
    await server.answered(3);
    for (const [heard, document] of [undefined, 'off', { state: 'BROKEN' }].entries()) {
      server.say(`data: ${JSON.stringify({ type: 'flagTripped', item: 'FLAG#production#f', data: { document } })}\n\n`);
      await server.answered(4 + heard);
    }
    expect(told.kinds).toEqual(['READY']);
    expect(await client.getBooleanValue('f', false)).toBe(true);
  });

  it('takes the stream up again after it was lost, and looks for what it missed', async () => {
    const { ready, told } = open(provider({ stream: true, pollMs: 1e9 }));
    await ready;
    await server.answered(3);
    await server.close();
    server.set(off);
    await server.open();
    while (clock.nextWake() !== 2000) await new Promise(setImmediate);
    await clock.advanceTo(2000);
    await told.until(2);
    expect(told.kinds).toEqual(['READY', 'CONFIGURATION_CHANGED']);
  });

  it('drops a stream that has gone silent', async () => {
    const { ready } = open(provider({ stream: true, pollMs: 1e9 }));
    await ready;
    await server.answered(3);
    expect(server.streams).toBe(1);
    await clock.advanceTo(45_000);
    await clock.advanceTo(47_000);
    await server.answered(5);
    expect(server.requests.filter(({ url }) => url === '/v1/events')).toHaveLength(2);
  });

  it('does without a stream where there is none', async () => {
    server.withoutStream();
    const { ready, told } = open(provider({ stream: true }));
    await ready;
    await server.answered(2);
    server.set(off);
    await clock.advanceTo(15_000);
    await told.until(2);
    expect(server.requests.filter(({ url }) => url === '/v1/events')).toHaveLength(1);
  });
});
