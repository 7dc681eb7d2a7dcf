import { OFREPProvider } from '@openfeature/ofrep-provider';
import { type Client, OpenFeature } from '@openfeature/server-sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { SlipwayProvider } from '../../openfeature/index.ts';
import { Plane } from './plane.ts';

const environment = 'staging';
const boolean = { state: 'ENABLED' as const, variants: { on: true, off: false }, defaultVariant: 'off' };
const split = {
  fractional: [
    ['on', 30],
    ['off', 70],
  ],
};

const FLAGS = {
  plain: { ...boolean, metadata: { owner: 'search' } },
  staff: { ...boolean, targeting: { if: [{ ends_with: [{ var: 'email' }, '@example.org'] }, 'on'] } },
  split: { ...boolean, targeting: split },
  keyed: { ...boolean, defaultVariant: null, targeting: split },
  words: { state: 'ENABLED' as const, variants: { a: 'Grüße', b: 'hello' }, defaultVariant: 'a' },
  rows: { state: 'ENABLED' as const, variants: { few: 10, many: 50.5 }, defaultVariant: 'many' },
  layout: { state: 'ENABLED' as const, variants: { wide: { columns: [1, 2] } }, defaultVariant: 'wide' },
};

const putAll = async (plane: Plane) => {
  for (const [key, flag] of Object.entries(FLAGS)) await plane.call('put-flag', { key, environment, flag, reason: 'begin' });
};

/** The flags of the plane, evaluated there by OFREP's own client, and in this process. */
async function clients(plane: Plane): Promise<{ readonly remote: Client; readonly local: Client }> {
  const headers: [string, string][] = [
    ['authorization', `Bearer ${plane.token}`],
    ['x-slipway-environment', environment],
  ];
  await OpenFeature.setProviderAndWait('remote', new OFREPProvider({ baseUrl: plane.url, headers }));
  const local = new SlipwayProvider({ url: plane.url, token: plane.token, environment, stream: false });
  await OpenFeature.setProviderAndWait('local', local);
  return { remote: OpenFeature.getClient('remote'), local: OpenFeature.getClient('local') };
}

afterEach(() => OpenFeature.close());

describe('flags over OFREP', () => {
  it("agree with the in-process provider, by OFREP's own client", async () => {
    const plane = await Plane.start();
    await putAll(plane);
    const { remote, local } = await clients(plane);
    const people = Array.from({ length: 40 }, (_, n) => ({
      targetingKey: `zoë-${n}`,
      email: `z${n}@example.${n % 2 ? 'org' : 'com'}`,
    }));
    const asked = [
      ...people.flatMap((who) =>
        ['plain', 'staff', 'split', 'keyed'].map((key) => (client: Client) => client.getBooleanDetails(key, false, who)),
      ),
      (client: Client) => client.getStringDetails('words', 'x'),
      (client: Client) => client.getNumberDetails('rows', 0),
      (client: Client) => client.getObjectDetails('layout', {}),
      (client: Client) => client.getBooleanDetails('nope', true),
      (client: Client) => client.getBooleanDetails('words', true),
      (client: Client) => client.getBooleanDetails('keyed', true),
    ];
    const variants = new Set<string | undefined>();
    for (const ask of asked) {
      const [there, here] = await Promise.all([ask(remote), ask(local)]);
      expect({ value: there.value, variant: there.variant, errorCode: there.errorCode }, here.flagKey).toEqual({
        value: here.value,
        variant: here.variant,
        errorCode: here.errorCode,
      });
      if (here.errorCode === undefined) expect([there.reason, there.flagMetadata]).toEqual([here.reason, here.flagMetadata]);
      variants.add(`${here.flagKey} ${here.variant}`);
    }
    for (const name of ['split on', 'split off', 'staff on', 'staff off']) expect(variants).toContain(name);
  });

  it('tell OFREP clients without a token that they are not known', async () => {
    const plane = await Plane.start();
    await OpenFeature.setProviderAndWait('stranger', new OFREPProvider({ baseUrl: plane.url }));
    const found = await OpenFeature.getClient('stranger').getBooleanDetails('plain', true);
    expect(found).toMatchObject({ value: true, reason: 'ERROR' });
  });

  it('are answered 304 in bulk until one changes', async () => {
    const plane = await Plane.start();
    await putAll(plane);
    const bulk = (tag = '') =>
      fetch(`${plane.url}/ofrep/v1/evaluate/flags?environment=${environment}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${plane.token}`,
          'content-type': 'application/json; charset=utf-8',
          'if-none-match': tag,
        },
        body: JSON.stringify({ context: { targetingKey: 'ada' } }),
      });
    const first = await bulk();
    const { flags } = (await first.json()) as { flags: { key: string }[] };
    expect(flags.map(({ key }) => key).sort()).toEqual(Object.keys(FLAGS).sort());
    const tag = first.headers.get('etag') ?? '';
    const again = await bulk(tag);
    expect([again.status, await again.text()]).toEqual([304, '']);
    await plane.call('put-flag', { key: 'plain', environment, flag: { ...boolean, state: 'DISABLED' } });
    expect((await bulk(tag)).status).toBe(200);
  });
});

describe('flags over the API', () => {
  it('refuse a document of 5 MB', async () => {
    const plane = await Plane.start();
    const flag = { ...boolean, metadata: { note: 'x'.repeat(5_000_000) } };
    const refused = await plane.refused('put-flag', { key: 'large', environment, flag });
    expect(refused).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
    expect((await plane.send('get-flag', { key: 'large', environment })).status).toBe(404);
  });
});
