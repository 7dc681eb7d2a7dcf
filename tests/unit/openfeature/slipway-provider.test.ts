import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OpenFeature, ProviderStatus } from '@openfeature/server-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
import { type RemoteOptions, SlipwayProvider } from '../../../openfeature/index.ts';
import { onOff } from '../shared/flags/flag-builder.ts';
import type { FlagServer } from './flag-server.ts';
import { off, on, ProviderBed } from './provider-bed.ts';

describe('SlipwayProvider', () => {
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

  it('asks for a token before each request where it is given a function, and waits no longer for it than for an answer', async () => {
    const tokens = ['first', 'second', ''];
    const token = () => tokens.shift() || new Promise<string>(() => {});
    const { ready, told } = open(provider({ token, timeoutMs: 1000 }));
    await ready;
    await clock.advanceTo(15_000);
    await server.answered(2);
    expect(server.requests.map(({ authorization }) => authorization)).toEqual(['Bearer first', 'Bearer second']);
    await clock.advanceTo(30_000);
    await clock.advanceTo(31_000);
    await told.until(2);
    expect(told.kinds).toEqual(['READY', 'STALE']);
  });

  it('leaves it to a fetch of its own to say who asks', async () => {
    const signed: typeof fetch = (url, init) => fetch(url, { ...init, headers: { ...init?.headers, authorization: 'AWS4 x' } });
    const { ready } = open(new SlipwayProvider({ url: server.url, environment: 'production', stream: false, fetch: signed }));
    await ready;
    expect(server.requests).toMatchObject([{ authorization: 'AWS4 x' }]);
  });

  it('refuses to ask without saying who does', () => {
    expect(() => new SlipwayProvider({ url: server.url, environment: 'production' })).toThrow(/give a token, or a fetch/);
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
    const first = open(provider({ cacheDir: bed.directory }));
    await first.ready;
    await OpenFeature.clearProviders();
    await server.close();
    const { client, ready, told } = open(provider({ cacheDir: bed.directory }));
    await ready;
    await told.until(2);
    expect(told.kinds).toEqual(['READY', 'STALE']);
    expect(await client.getBooleanValue('f', false)).toBe(true);
    expect(await readdir(bed.directory)).toEqual([expect.stringMatching(/^flags-[0-9a-f]{16}\.json$/)]);
  });

  it('asks by the ETag of the flags on disk after a restart', async () => {
    await open(provider({ cacheDir: bed.directory })).ready;
    await OpenFeature.clearProviders();
    const { client, ready, told } = open(provider({ cacheDir: bed.directory }));
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
    await open(provider({ cacheDir: bed.directory })).ready;
    await OpenFeature.clearProviders();
    const [file = ''] = await readdir(bed.directory);
    await writeFile(join(bed.directory, file), text);
    const { client, ready, told } = open(provider({ cacheDir: bed.directory }));
    await ready;
    expect(told.heard[0]).toMatchObject({ kind: 'ERROR', message: expect.stringContaining('are ignored') });
    expect(client.providerStatus).toBe(ProviderStatus.READY);
    expect(await client.getBooleanValue('f', false)).toBe(true);
  });

  it('goes on without a disk that cannot be written', async () => {
    const cacheDir = join(bed.directory, 'file');
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
    ['6 MB', `{"environment":"production","rev":1,"flags":"${'x'.repeat(6e6)}"}`, 'more than 5000000 bytes'],
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

  it('sends what is tracked in batches, and what is left when it is closed', async () => {
    const one = provider();
    const { client, ready } = open(one);
    await ready;
    client.track('seen', { targetingKey: 'k' });
    client.track('bought', {}, { value: 2 });
    await OpenFeature.clearProviders();
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
    await OpenFeature.clearProviders();
    expect(clock.nextWake()).toBeUndefined();
  });
});
