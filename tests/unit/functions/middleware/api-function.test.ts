import { describe, expect, it, vi } from 'vitest';
import { type ApiCore, apiFunction } from '../../../../functions/middleware/api-function.ts';
import { endpoints } from '../../../../shared/api/endpoints.ts';
import { RunStateError } from '../../../../shared/errors/run-errors.ts';
import { memoryDeps } from '../memory-deps.ts';

const runId = '01m80d2mq4smxb395795pekdyw';
const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 15_000 };
const requestContext = { authorizer: { iam: { userArn: 'ada' } } };
const post = (fields: object) => ({
  pathParameters: { runId },
  headers: { 'content-type': 'application/json' },
  requestContext,
  ...fields,
});

type Answer = { statusCode: number; headers: Record<string, string>; body: string };

async function answer(core: ApiCore<'rollback-run'>, event: object) {
  const handler = apiFunction(endpoints['rollback-run'], core)(memoryDeps());
  const { statusCode, headers, body } = (await handler(event, context)) as Answer;
  return { statusCode, type: headers['content-type'], body: JSON.parse(body) as Record<string, unknown> };
}

const run = {
  id: runId,
  plan: { name: 'p', digest: 'd' },
  target: 'a/b',
  environment: 'a',
  status: 'running' as const,
  direction: 'forward' as const,
  epoch: 1,
  actor: 'me',
  createdAt: 0,
  updatedAt: 0,
};

describe('apiFunction', () => {
  it('gives the core path, body and actor, and answers only what the endpoint promises', async () => {
    const core = vi.fn<ApiCore<'rollback-run'>>(async () => ({ run: { ...run, secret: 'x' } as typeof run, joined: false }));
    const authorizer = { iam: { userArn: 'arn:aws:iam::1:user/ann' } };
    const found = await answer(core, post({ body: '{"reason":"why"}', requestContext: { authorizer } }));
    expect(core.mock.calls[0]?.[0]).toEqual({ runId, reason: 'why', stands: {} });
    expect(core.mock.calls[0]?.[2]).toMatchObject({ actor: 'arn:aws:iam::1:user/ann', until: 13_000 });
    expect(found).toEqual({ statusCode: 200, type: 'application/json', body: { run, joined: false } });
  });

  it('lets no body speak for another run than the path does', async () => {
    const core = vi.fn<ApiCore<'rollback-run'>>(async () => ({ run, joined: false }));
    await answer(core, post({ body: JSON.stringify({ runId: 'f'.repeat(26), reason: 'why' }) }));
    expect(core.mock.calls[0]?.[0].runId).toBe(runId);
  });

  it('reads a body in base64', async () => {
    const core = vi.fn<ApiCore<'rollback-run'>>(async () => ({ run, joined: false }));
    await answer(core, post({ body: Buffer.from('{"reason":"ünd"}').toString('base64'), isBase64Encoded: true }));
    expect(core.mock.calls[0]?.[0].reason).toBe('ünd');
  });

  it('takes null for what is not there', async () => {
    const core = vi.fn<ApiCore<'rollback-run'>>(async () => ({ run, joined: false }));
    const found = await answer(core, post({ queryStringParameters: null, body: '{"reason":"why"}' }));
    expect(found.statusCode).toBe(200);
  });

  it('answers an expected error with its code and next action', async () => {
    const found = await answer(
      () => Promise.reject(new RunStateError('no', { next: 'wait' })),
      post({ body: '{"reason":"why"}' }),
    );
    expect(found).toMatchObject({
      statusCode: 409,
      type: 'application/problem+json',
      body: { status: 409, code: 'RUN_STATE', detail: 'no', next: 'wait' },
    });
  });

  it('keeps the words of an unexpected error to the log', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const found = await answer(() => Promise.reject(new Error('password=hunter2')), post({ body: '{"reason":"why"}' }));
    expect(found).toMatchObject({ statusCode: 500, body: { code: 'UNEXPECTED' } });
    expect(JSON.stringify(found.body)).not.toContain('hunter2');
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });

  it('names every field that does not fit', async () => {
    const found = await answer(() => Promise.reject(new Error('not called')), post({ body: '{"reason":"","extra":1}' }));
    expect(found).toMatchObject({
      statusCode: 422,
      body: { code: 'INVALID', problems: [{ path: ['reason'] }, { code: 'UNKNOWN_FIELD', path: ['extra'] }] },
    });
    expect(found.body['detail']).toMatch(/extra[\s\S]*reason|reason[\s\S]*extra/);
  });
});

describe('apiFunction and tags', () => {
  const health = { status: 'ok' as const, environment: 'test', checks: {} };
  const get = (headers: object = {}) =>
    apiFunction(endpoints['get-health'], async () => health)(memoryDeps())(
      { headers, requestContext },
      context,
    ) as Promise<Answer>;

  it('gives what is read a tag, the same for the same answer', async () => {
    const { headers } = await get();
    expect(headers['etag']).toMatch(/^"[\w-]{22}"$/);
    expect((await get()).headers['etag']).toBe(headers['etag']);
  });

  it.each([
    ['the tag', (tag: string) => tag],
    ['the tag among others', (tag: string) => `"a", ${tag} ,"b"`],
    ['the tag made weak by what compresses answers', (tag: string) => `W/${tag}`],
    ['any tag', () => '*'],
  ])('answers 304 without a body to %s', async (_, ifNoneMatch) => {
    const { headers } = await get();
    const etag = headers['etag'] ?? '';
    expect(await get({ 'if-none-match': ifNoneMatch(etag) })).toEqual({
      statusCode: 304,
      headers: { etag, 'x-request-id': 'r' },
      body: '',
    });
  });

  it('answers in full to another tag, and to none', async () => {
    for (const tag of ['"other"', '', 'nonsense']) expect((await get({ 'if-none-match': tag })).statusCode).toBe(200);
  });

  it('knows no tags of what was done: it was, and says so', async () => {
    const handler = apiFunction(endpoints['rollback-run'], async () => ({ run, joined: false }))(memoryDeps());
    const found = (await handler(
      post({ body: '{"reason":"why"}', headers: { 'content-type': 'application/json', 'if-none-match': '*' } }),
      context,
    )) as Answer;
    expect([found.statusCode, found.headers['etag']]).toEqual([200, undefined]);
  });

  it('answers an evaluation with the status that OFREP has for it', async () => {
    const status = async (found: object) => {
      const handler = apiFunction(endpoints['evaluate-flag'], async () => ({ key: 'k', ...found }) as never)(memoryDeps());
      return ((await handler({ pathParameters: { key: 'k' }, requestContext }, context)) as Answer).statusCode;
    };
    expect(await status({ value: true })).toBe(200);
    expect(await status({ errorCode: 'FLAG_NOT_FOUND' })).toBe(404);
    expect(await status({ errorCode: 'TARGETING_KEY_MISSING' })).toBe(400);
  });

  it.each([
    ['nested more than its schemas can be read', `${'['.repeat(600)}${']'.repeat(600)}`, /nested/],
    ['that would reach a prototype', '{"reason":"why","a":[{"__proto__":{}}]}', /__proto__/],
  ])('refuses a body %s', async (_, text, detail) => {
    const found = await answer(() => Promise.reject(new Error('not called')), post({ body: text }));
    expect(found).toMatchObject({ statusCode: 400, body: { code: 'MALFORMED', detail: expect.stringMatching(detail) } });
  });
});

describe('apiFunction and answers', () => {
  it('refuses to send more than Lambda takes, and says what to ask instead', async () => {
    const flags = { flags: { long: { text: 'x'.repeat(4 * 1024 * 1024) } } };
    const handler = apiFunction(endpoints['list-flags'], async () => ({ environment: 'test', flags, rev: 1 }))(memoryDeps());
    const authorizer = { iam: { userArn: 'arn:aws:iam::1:user/ann' } };
    const { statusCode, body } = (await handler({ requestContext: { authorizer } }, context)) as Answer;
    expect([statusCode, JSON.parse(body)]).toEqual([422, expect.objectContaining({ code: 'ANSWER_TOO_LARGE' })]);
  });
});
