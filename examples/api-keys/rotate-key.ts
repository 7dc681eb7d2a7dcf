/** What the secret holds: `{"service": "https://...", "id": "...", "key": "..."}`. */
interface Credential {
  readonly service: string;
  readonly id: string;
  readonly key: string;
}

interface Call {
  readonly idempotencyKey: string;
  readonly input: { readonly current: Credential };
  readonly output: Credential;
}

const ask = (by: Credential, path: string, method: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(new URL(path, by.service), { method, headers: { ...headers, authorization: `Bearer ${by.key}` } });

/** Neither the key nor the answer, which may hold one, goes into a message. */
const refused = (what: string, { status }: Response) => new Error(`${what}: the service answered ${status}`);

/** Rotates the keys of the service beside this file. */
export const apiKey = {
  // The service answers the same key to the same idempotency key.
  effect: 'idempotent',

  async forward({ input: { current }, idempotencyKey }: Call) {
    const answer = await ask(current, '/keys', 'POST', { 'idempotency-key': idempotencyKey });
    if (!answer.ok) throw refused('a new key', answer);
    return answer.json();
  },

  async verify({ output }: Call) {
    const answer = await ask(output, '/account', 'GET');
    if (answer.ok || answer.status === 401) return answer.ok;
    throw refused('a test', answer);
  },

  async undo({ input: { current }, output }: Call) {
    const answer = await ask(current, `/keys/${encodeURIComponent(output.id)}`, 'DELETE');
    if (!answer.ok && answer.status !== 404) throw refused('a revocation', answer);
    return null;
  },
};
