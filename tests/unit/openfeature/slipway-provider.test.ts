import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, OpenFeature, type OpenFeatureAPI, ProviderEvents, ProviderStatus } from '@openfeature/server-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
import { type RemoteOptions, SlipwayProvider } from '../../../openfeature/index.ts';
import { onOff } from '../shared/flags/flag-builder.ts';
import { FlagServer } from './flag-server.ts';

const on = { flags: { f: onOff(undefined, { defaultVariant: 'on' }), g: onOff() } };
const off = { flags: { f: onOff(), g: onOff() } };

/** Everything that the SDK tells of one provider, in order. */
class Told {
  readonly heard: { kind: string; message?: string | undefined; flagsChanged?: string[] | undefined }[] = [];
  #next = Promise.withResolvers<void>();

  constructor(client: Client) {
    for (const event of Object.values(ProviderEvents)) {
      client.addHandler(event, (details) => {
        const { message, flagsChanged } = (details ?? {}) as { message?: string; flagsChanged?: string[] };
        this.heard.push({ kind: event.replace('PROVIDER_', ''), message, flagsChanged });
        this.#next.resolve();
        this.#next = Promise.withResolvers<void>();
      });
    }
  }

  get kinds(): string[] {
    return this.heard.map(({ kind }) => kind);
  }

  async until(count: number): Promise<void> {
    while (this.heard.length < count) await this.#next.promise;
  }
}

describe('SlipwayProvider', () => {
  let clock: VirtualClock;
  let server: FlagServer;
  let directory: string;
  let domains = 0;
  const api: OpenFeatureAPI = OpenFeature;

  beforeEach(async () => {
    clock = new VirtualClock();
    server = await FlagServer.start(on);
    directory = await mkdtemp(join(tmpdir(), 'slipway-flags-'));
  });
  afterEach(async () => {
    await api.clearProviders();
    await server.close();
    await rm(directory, { recursive: true });
  });

  const provider = (options: Partial<RemoteOptions> = {}) =>
    new SlipwayProvider(
      { url: server.url, token: 'secret', environment: 'production', stream: false, ...options },
      { clock, random: () => 1 },
    );

  /** The provider behind a client of its own, and what the SDK tells of it. */
  function open(one: SlipwayProvider) {
    domains += 1;
    const domain = `test-${domains}`;
    const client = api.getClient(domain);
    const ready = api.setProviderAndWait(domain, one);
    return { client, told: new Told(client), ready };
  }

  describe('in memory', () => {
    const memory = (flags: unknown) => open(new SlipwayProvider({ flags, environment: 'production' }));

    it('gives values, reasons, variants and metadata as OpenFeature defines them', async () => {
      const split = {
        fractional: [
          ['on', 1],
          ['off', 0],
        ],
      };
      const { client, ready } = memory({ flags: { f: onOff(split, { metadata: { owner: 'search' } }) } });
      await ready;
      expect(await client.getBooleanDetails('f', false, { targetingKey: 'k' })).toMatchObject({
        value: true,
        variant: 'on',
        reason: 'SPLIT',
        flagMetadata: { owner: 'search' },
      });
      expect(await client.getStringDetails('f', 'x')).toMatchObject({ value: 'x', errorCode: 'TYPE_MISMATCH', reason: 'ERROR' });
      expect(await client.getNumberDetails('g', 1)).toMatchObject({ value: 1, errorCode: 'FLAG_NOT_FOUND', reason: 'ERROR' });
      expect(await client.getObjectValue('g', { a: 1 })).toEqual({ a: 1 });
    });

    it('refuses bad flags, naming every problem', async () => {
      const { client, ready, told } = memory({ flags: { f: onOff({ iff: [] }), g: onOff({ $ref: 'x' }) } });
      await expect(ready).rejects.toThrow(/flags\.f\.targeting\.iff.*flags\.g\.targeting\.\$ref/);
      expect(await client.getBooleanDetails('f', true)).toMatchObject({ value: true, errorCode: 'PROVIDER_NOT_READY' });
      expect(told.kinds).toEqual(['ERROR']);
    });

    it('hands what is tracked to whoever was named', async () => {
      const batches: unknown[] = [];
      const one = new SlipwayProvider({ flags: on, track: async (batch) => void batches.push(batch) }, { clock });
      const { client, ready } = open(one);
      await ready;
      client.track('bought', { targetingKey: 'k' }, { value: 3, currency: 'EUR', nested: { a: 1 } });
      await clock.advanceTo(10_000);
      const attributes = { currency: 'EUR' };
      expect(batches).toEqual([
        { environment: 'default', dropped: 0, events: [{ name: 'bought', at: 0, key: 'k', value: 3, attributes }] },
      ]);
    });
  });

  it('reads the flags with its token and asks by ETag from then on', async () => {
    const { client, ready, told } = open(provider());
    await ready;
    expect(await client.getBooleanDetails('f', false)).toMatchObject({ value: true, reason: 'STATIC' });
    await clock.advanceTo(15_000);
    await server.answered(2);
    expect(server.requests).toEqual([
      { method: 'GET', url: '/v1/flags?environment=production', etag: undefined, authorization: 'Bearer secret' },
      { method: 'GET', url: '/v1/flags?environment=production', etag: '"1"', authorization: 'Bearer secret' },
    ]);
    expect(told.kinds).toEqual(['READY']);
  });

  it('takes changes over and names the flags that changed', async () => {
    const { client, ready, told } = open(provider());
    await ready;
    server.set(off);
    await clock.advanceTo(15_000);
    await told.until(2);
    expect(told.heard[1]).toMatchObject({ kind: 'CONFIGURATION_CHANGED', flagsChanged: ['f'] });
    expect(await client.getBooleanValue('f', true)).toBe(false);
  });

  it('keeps the last good flags through an outage, and says when it is over', async () => {
    const { client, ready, told } = open(provider());
    await ready;
    await server.close();
    await clock.advanceTo(15_000);
    await told.until(2);
    expect(told.heard[1]).toMatchObject({ kind: 'STALE', message: expect.stringContaining('could not be read') });
    expect(client.providerStatus).toBe(ProviderStatus.STALE);
    expect(await client.getBooleanValue('f', false)).toBe(true);
    server.set(off);
    await server.open();
    await clock.advanceTo(30_000);
    await told.until(4);
    expect(told.kinds).toEqual(['READY', 'STALE', 'CONFIGURATION_CHANGED', 'READY']);
    expect(client.providerStatus).toBe(ProviderStatus.READY);
    expect(await client.getBooleanValue('f', true)).toBe(false);
  });

  it('comes up from disk when the control plane is away after a restart', async () => {
    const first = open(provider({ cacheDir: directory }));
    await first.ready;
    await api.clearProviders();
    await server.close();
    const { client, ready, told } = open(provider({ cacheDir: directory }));
    await ready;
    await told.until(2);
    expect(told.kinds).toEqual(['READY', 'STALE']);
    expect(await client.getBooleanValue('f', false)).toBe(true);
    expect(await readdir(directory)).toEqual([expect.stringMatching(/^flags-[0-9a-f]{16}\.json$/)]);
  });

  it('asks by the ETag of the flags on disk after a restart', async () => {
    await open(provider({ cacheDir: directory })).ready;
    await api.clearProviders();
    const { client, ready, told } = open(provider({ cacheDir: directory }));
    await ready;
    expect(server.requests.at(-1)?.etag).toBe('"1"');
    expect(await client.getBooleanValue('f', false)).toBe(true);
    expect(told.kinds).toEqual(['READY']);
  });

  it.each([
    '{"schemaVersion":1,',
    '{"schemaVersion":2}',
    '{"schemaVersion":1,"feed":{"environment":"production","rev":1,"flags":3}}',
  ])('ignores flags on disk that are %s, and says so', async (text) => {
    await open(provider({ cacheDir: directory })).ready;
    await api.clearProviders();
    const [file = ''] = await readdir(directory);
    await writeFile(join(directory, file), text);
    const { client, ready, told } = open(provider({ cacheDir: directory }));
    await ready;
    expect(told.heard[0]).toMatchObject({ kind: 'ERROR', message: expect.stringContaining('are ignored') });
    expect(client.providerStatus).toBe(ProviderStatus.READY);
    expect(await client.getBooleanValue('f', false)).toBe(true);
  });

  it('goes on without a disk that cannot be written', async () => {
    const cacheDir = join(directory, 'file');
    await writeFile(cacheDir, '');
    const { client, ready, told } = open(provider({ cacheDir }));
    await ready;
    expect(told.heard.every(({ kind }) => kind === 'ERROR' || kind === 'READY')).toBe(true);
    expect(told.heard[0]?.message).toContain('disk');
    expect(await client.getBooleanValue('f', false)).toBe(true);
  });

  it('is in error without any flags, and ready when they come', async () => {
    server.answerWith((_, response) => void response.writeHead(503).end());
    const { client, ready, told } = open(provider());
    await expect(ready).rejects.toThrow('answered 503');
    expect(await client.getBooleanDetails('f', true)).toMatchObject({ value: true, errorCode: 'PROVIDER_NOT_READY' });
    server.answerWith();
    await clock.advanceTo(15_000);
    await told.until(3);
    expect(told.kinds).toEqual(['ERROR', 'CONFIGURATION_CHANGED', 'READY']);
    expect(await client.getBooleanValue('f', false)).toBe(true);
  });

  it.each([
    ['no JSON', '<html>', 'could not be read'],
    ['another form', '{"flags":{}}', 'a form that is not known'],
    ['another environment', '{"environment":"staging","rev":1,"flags":{"flags":{}}}', 'another environment'],
    ['a bad document', '{"environment":"production","rev":1,"flags":{"flags":{"f":{"state":"ON"}}}}', 'flags.f.state must be'],
    ['5 MB', `{"environment":"production","rev":1,"flags":"${'x'.repeat(5e6)}"}`, 'more than 1000000 bytes'],
  ])('keeps the last good flags when it is answered %s', async (_, body, message) => {
    const { client, ready, told } = open(provider());
    await ready;
    server.answerWith((_request, response) => void response.writeHead(200, { etag: '"bad"' }).end(body));
    await clock.advanceTo(15_000);
    await told.until(2);
    expect(told.heard[1]).toMatchObject({ kind: 'STALE', message: expect.stringContaining(message) });
    expect(await client.getBooleanValue('f', false)).toBe(true);
    server.answerWith();
    await clock.advanceTo(30_000);
    await told.until(3);
    expect(told.kinds).toEqual(['READY', 'STALE', 'READY']);
  });

  it('gives a slow answer up, and follows no redirect with its token', async () => {
    const { ready, told } = open(provider());
    await ready;
    server.answerWith((_, response) => void response.writeHead(200).write('{'));
    await clock.advanceTo(15_000);
    await server.answered(2);
    await clock.advanceTo(20_000);
    await told.until(2);
    expect(told.heard[1]?.message).toContain('no answer within 5000 ms');
    server.answerWith((_, response) => void response.writeHead(302, { location: 'http://example.org' }).end());
    await clock.advanceTo(35_000);
    await server.answered(3);
    expect(told.kinds).toEqual(['READY', 'STALE']);
  });

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

  it('sends what is tracked in batches, and what is left when it is closed', async () => {
    const one = provider();
    const { client, ready } = open(one);
    await ready;
    client.track('seen', { targetingKey: 'k' });
    client.track('bought', {}, { value: 2 });
    await api.clearProviders();
    expect(server.metrics).toEqual([
      {
        environment: 'production',
        dropped: 0,
        events: [
          { name: 'seen', at: 0, key: 'k' },
          { name: 'bought', at: 0, value: 2 },
        ],
      },
    ]);
  });

  it('leaves nothing asleep when it is closed', async () => {
    const { ready } = open(provider({ stream: true }));
    await ready;
    await server.answered(3);
    await api.clearProviders();
    expect(clock.nextWake()).toBeUndefined();
  });
});
