import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../../cli/api-client.ts';
import { ApiProblemError, NoControlPlaneError, StrangeAnswerError, TimedOutError } from '../../../cli/cli-errors.ts';
import { FakeShell, problem } from './fake-shell.ts';
import { RUN, runView } from './sample-view.ts';

const access = { url: 'http://127.0.0.1:4400', token: 'secret-token', here: true };

function clientOf(answer?: ConstructorParameters<typeof FakeShell>[0]) {
  const shell = new FakeShell(answer);
  return { shell, client: new ApiClient({ access, fetch: shell.fetch, start: 'slipway dev', timeout: 20 }) };
}

describe('the API client', () => {
  it('puts parameters into the path and the query, and the token into a header', async () => {
    const { shell, client } = clientOf({ answer: () => ({ body: { events: [], cursor: 'c', more: false, broken: [] } }) });
    await client.call('get-timeline', { runId: RUN, limit: 5, cursor: 'a b/c' });
    expect(shell.received).toEqual([
      {
        method: 'GET',
        path: `/v1/runs/${RUN}/timeline?limit=5&cursor=a+b%2Fc`,
        authorization: 'Bearer secret-token',
        body: undefined,
      },
    ]);
  });

  it('puts what is no part of the path into the body', async () => {
    const { shell, client } = clientOf({ answer: () => ({ body: { component: 'go', decision: 'reject', by: 'kent' } }) });
    await client.call('decide-approval', { runId: RUN, component: 'go', decision: 'reject', reason: 'no' });
    expect(shell.received).toMatchObject([
      { method: 'POST', path: `/v1/runs/${RUN}/approvals/go`, body: { decision: 'reject', reason: 'no' } },
    ]);
  });

  it('hands back what the endpoint promises', async () => {
    const { client } = clientOf({ answer: () => ({ body: { ...runView(), surplus: 1 } }) });
    expect(await client.call('get-run', { runId: RUN })).toEqual(runView());
  });

  it('throws a problem with its next action and exit code', async () => {
    const { client } = clientOf({ answer: () => problem(409, 'LOCKED', 'It is held.', { next: 'slipway watch x' }) });
    const error = await client.call('get-run', { runId: RUN }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiProblemError);
    expect(error).toMatchObject({ code: 'LOCKED', message: 'It is held.', next: 'slipway watch x', exitCode: 1 });
  });

  it.each([
    ['a page of something else', 200, '<html>'],
    ['another shape', 200, { id: 1 }],
    ['an error that is no problem', 502, 'Bad Gateway'],
  ])('tells %s from Slipway', async (_, status, body) => {
    const { client } = clientOf({ answer: () => ({ status, body }) });
    await expect(client.call('get-run', { runId: RUN })).rejects.toThrow(StrangeAnswerError);
  });

  it('says where nothing answers, and what to do', async () => {
    const { client } = clientOf();
    const error = await client.call('list-runs', {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NoControlPlaneError);
    expect(error).toMatchObject({
      message: 'No control plane answers at http://127.0.0.1:4400 (ECONNREFUSED).',
      next: 'slipway dev',
      exitCode: 1,
    });
  });

  it('waits for an answer no longer than it may', async () => {
    const hanging: typeof fetch = async (_, init) => {
      const aborted = Promise.withResolvers<never>();
      const { signal } = init ?? {};
      if (signal?.aborted) throw signal.reason;
      signal?.addEventListener('abort', () => aborted.reject(signal.reason));
      return aborted.promise;
    };
    const client = new ApiClient({ access, fetch: hanging, start: 'slipway dev', timeout: 20 });
    await expect(client.call('list-runs', {})).rejects.toThrow(TimedOutError);
    const left = AbortSignal.abort(new Error('the person left'));
    await expect(client.call('list-runs', {}, left)).rejects.toThrow('the person left');
  });
});

describe('a call that changes something', () => {
  const answers = (...statuses: (number | 'cut')[]) => {
    const keys: (string | null)[] = [];
    const shell = new FakeShell();
    const fetch: typeof globalThis.fetch = async (_url, init) => {
      keys.push(new Headers(init?.headers).get('idempotency-key'));
      const status = statuses[keys.length - 1] ?? 200;
      if (status === 'cut')
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
      const body =
        status === 409
          ? problem(409, 'IDEMPOTENCY_UNDER_WAY', 'Under way.').body
          : { component: 'go', decision: 'approve', by: 'k' };
      return new Response(JSON.stringify(body), { status });
    };
    const client = new ApiClient({ access, fetch, start: 'slipway dev', clock: shell.clock });
    return { keys, approve: () => client.call('decide-approval', { runId: RUN, component: 'go', decision: 'approve' }), client };
  };

  it.each([
    ['somebody between gave up', [503, 504, 200]],
    ['the connection broke', ['cut', 200]],
    ['it is being carried out', [409, 409, 200]],
  ] as const)('is sent again under the same key where %s', async (_, statuses) => {
    const { keys, approve } = answers(...statuses);
    expect(await approve()).toMatchObject({ by: 'k' });
    expect(keys).toHaveLength(statuses.length);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-z]{26}$/);
  });

  it('has a key of its own each time, and is given up in the end', async () => {
    const { keys, approve } = answers(200, 200, 503, 503, 503, 503, 503);
    await approve();
    await approve();
    expect(new Set(keys).size).toBe(2);
    await expect(approve()).rejects.toThrow();
    expect(keys).toHaveLength(6);
  });

  it('is not what a read is: that has no key, and is sent once', async () => {
    const { keys, client } = answers(503);
    await expect(client.call('get-run', { runId: RUN })).rejects.toThrow();
    expect(keys).toEqual([null]);
  });
});
