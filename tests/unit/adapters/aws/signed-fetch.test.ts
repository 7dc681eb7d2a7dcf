import { describe, expect, it } from 'vitest';
import { SigningError, signedFetch } from '../../../../adapters/aws/signed-fetch.ts';

const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' });
const URL = 'https://abc.execute-api.eu-central-1.amazonaws.com/v1/runs';

const sent = async (url: string, init: RequestInit) => {
  const calls: { url: string; headers: Record<string, string>; body: unknown }[] = [];
  const inner: typeof fetch = async (input, given = {}) => {
    calls.push({ url: String(input), headers: given.headers as Record<string, string>, body: given.body });
    return new Response('{}');
  };
  await signedFetch({ region: 'eu-central-1', credentials, fetch: inner })(url, init);
  return calls[0];
};

describe('signedFetch', () => {
  it('signs for API Gateway in its region, with the session token and the headers of the request', async () => {
    const call = await sent(URL, { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } });
    expect(call?.headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/execute-api\/aws4_request, SignedHeaders=[^,]*content-type[^,]*host[^,]*, Signature=[0-9a-f]{64}$/,
    );
    expect(call?.headers['x-amz-security-token']).toBe('session');
    expect(call).toMatchObject({ url: URL, body: '{"a":1}' });
  });

  it('signs the body and the query', async () => {
    const signature = async (url: string, body?: string) => {
      const call = await sent(url, body === undefined ? {} : { method: 'POST', body });
      return call?.headers['authorization']?.slice(-64);
    };
    const all = await Promise.all([signature(URL), signature(`${URL}?limit=1`), signature(URL, '{}'), signature(URL, '{"a":1}')]);
    expect(new Set(all).size).toBe(4);
  });

  it('says why where there are no credentials, and sends nothing', async () => {
    const none = async () => Promise.reject(new Error('Could not load credentials from any providers'));
    const inner = () => Promise.reject(new Error('sent'));
    const signed = signedFetch({ region: 'eu-central-1', credentials: none, fetch: inner });
    await expect(signed(URL)).rejects.toBeInstanceOf(SigningError);
  });
});
