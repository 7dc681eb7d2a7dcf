import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { sign, type VerifyOptions, verify } from '../../../webhooks/index.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NOW = 1_767_225_600;
const now = () => NOW * 1000;
const message = (over: object = {}) => ({ id: 'msg_1', timestamp: NOW, body: '{"type":"run.failed"}', ...over });
interface Checked extends VerifyOptions {
  readonly secrets?: string | readonly string[];
  readonly body?: string;
}
const check = (headers: object, { secrets = SECRET, body = message().body, ...options }: Checked = {}) =>
  verify(secrets, headers as Record<string, string>, body, { now, ...options });
const refused = (code: string) => expect.objectContaining({ name: 'WebhookVerificationError', code });

describe('verify', () => {
  it('takes the example of the specification, and signs it so', async () => {
    const body = '{"test": 2432232314}';
    const headers = sign([SECRET], { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body });
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
    expect(await verify(SECRET, headers, body, { now: () => 1_614_265_330_000 })).toBe(body);
  });

  it('agrees with standardwebhooks, both ways, on any body and secret', async () => {
    const secret = fc
      .uint8Array({ minLength: 24, maxLength: 64 })
      .map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`);
    const body = fc.string({ unit: 'grapheme' });
    const id = fc.string({ unit: fc.constantFrom('a', 'Z', '_', '0'), minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(secret, id, body, async (key, name, text) => {
        const timestamp = Math.floor(Date.now() / 1000);
        const peer = new Webhook(key);
        const ours = sign([key], { id: name, timestamp, body: text });
        expect(ours['webhook-signature']).toBe(peer.sign(name, new Date(timestamp * 1000), text));
        expect(await verify(key, ours, Buffer.from(text))).toBe(text);
        const json = JSON.stringify({ text });
        const headers = sign([key], { id: name, timestamp, body: json });
        expect(peer.verify(json, { ...headers })).toEqual({ text });
      }),
      { numRuns: 100 },
    );
  });

  it('takes a message that is signed by one of several secrets, on either side', async () => {
    const other = `whsec_${randomBytes(32).toString('base64')}`;
    await expect(check(sign([other, SECRET], message()))).resolves.toBe(message().body);
    await expect(check(sign([SECRET], message()), { secrets: [other, SECRET] })).resolves.toBe(message().body);
    await expect(check(sign([other], message()))).rejects.toEqual(refused('WEBHOOK_SIGNATURE'));
  });

  it('refuses a body, an id or a time that was changed', async () => {
    const headers = sign([SECRET], message());
    await expect(check(headers, { body: '{"type":"run.succeeded"}' })).rejects.toEqual(refused('WEBHOOK_SIGNATURE'));
    await expect(check({ ...headers, 'webhook-id': 'msg_2' })).rejects.toEqual(refused('WEBHOOK_SIGNATURE'));
    await expect(check({ ...headers, 'webhook-timestamp': String(NOW + 1) })).rejects.toEqual(refused('WEBHOOK_SIGNATURE'));
  });

  it.each(['', 'v1', 'v1,', 'v2,AAAA', 'v1a,AAAA', 'v1,%%%', 'é'.repeat(23)])('refuses the signature %j', async (signature) => {
    const headers = { ...sign([SECRET], message()), 'webhook-signature': signature };
    const code = signature === '' ? 'WEBHOOK_HEADERS' : 'WEBHOOK_SIGNATURE';
    await expect(check(headers)).rejects.toEqual(refused(code));
  });

  it('is strict about time, to the second', async () => {
    const at = (timestamp: number) => check(sign([SECRET], message({ timestamp })));
    await expect(at(NOW - 300)).resolves.toBeTypeOf('string');
    await expect(at(NOW + 300)).resolves.toBeTypeOf('string');
    await expect(at(NOW - 301)).rejects.toEqual(refused('WEBHOOK_TOO_OLD'));
    await expect(at(NOW + 301)).rejects.toEqual(refused('WEBHOOK_TOO_NEW'));
  });

  it.each(['1e9', ' 1767225600', '1767225600.0', '01767225600', '-1', 'NaN', '0x69', ''])(
    'refuses the timestamp %j',
    async (text) => {
      const headers = { ...sign([SECRET], message()), 'webhook-timestamp': text };
      await expect(check(headers)).rejects.toEqual(refused('WEBHOOK_HEADERS'));
    },
  );

  it('refuses what has come before, where ids are remembered, and remembers none that it does not believe', async () => {
    const ids = new Set<string>();
    const seen = { remember: (id: string) => !ids.has(id) && ids.add(id) !== undefined };
    const headers = sign([SECRET], message());
    await expect(check({ ...headers, 'webhook-signature': 'v1,AAAA' }, { seen })).rejects.toEqual(refused('WEBHOOK_SIGNATURE'));
    await expect(check(headers, { seen })).resolves.toBeTypeOf('string');
    await expect(check(headers, { seen })).rejects.toEqual(refused('WEBHOOK_REPLAYED'));
  });

  it('finds headers of any case, and in a Headers object; one that came twice is none', async () => {
    const headers = sign([SECRET], message());
    const upper = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
    await expect(check(upper)).resolves.toBeTypeOf('string');
    await expect(check(new Headers(headers))).resolves.toBeTypeOf('string');
    await expect(check({ ...headers, 'webhook-id': ['a', 'b'] })).rejects.toEqual(refused('WEBHOOK_HEADERS'));
  });

  it.each(['secret', 'whsec_', 'whsec_c2hvcnQ=', `whsec_${'A'.repeat(100)}`])('refuses the secret %s', async (secret) => {
    await expect(check(sign([SECRET], message()), { secrets: secret })).rejects.toMatchObject({ code: 'WEBHOOK_SECRET' });
    expect(() => sign([secret], message())).toThrow(expect.objectContaining({ code: 'WEBHOOK_SECRET' }));
  });
});
