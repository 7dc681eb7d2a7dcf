import { describe, expect, it } from 'vitest';
import { create } from '../../../../functions/evaluate-flags/index.ts';
import { putFlag } from '../../../../shared/run/put-flag.ts';
import { ask, ON_OFF, put } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

const body = { context: { targetingKey: 'ada' } };

async function stocked() {
  const deps = memoryDeps();
  await put(deps, 'plain', ON_OFF);
  await put(deps, 'keyed', {
    ...ON_OFF,
    defaultVariant: null,
    targeting: {
      fractional: [
        ['on', 1],
        ['off', 1],
      ],
    },
  });
  await put(deps, 'elsewhere', ON_OFF, { environment: 'staging' });
  return deps;
}

describe('evaluate-flags, by OFREP', () => {
  it('evaluates every flag of the environment, those that fail among them', async () => {
    const found = await ask(create, await stocked(), { body: { context: {} } });
    expect([found.status, found.headers['content-type']]).toEqual([200, 'application/json']);
    expect(found.body.flags).toHaveLength(2);
    expect(found.body.flags).toContainEqual({ key: 'plain', value: false, variant: 'off', reason: 'STATIC' });
    expect(found.body.flags).toContainEqual({
      key: 'keyed',
      errorCode: 'TARGETING_KEY_MISSING',
      errorDetails: expect.stringMatching(/\w/),
    });
  });

  it('evaluates however many flags there are', async () => {
    const deps = memoryDeps();
    for (let at = 0; at < 5300; at += 1) {
      const key = `flag-${String(at).padStart(4, '0')}`;
      await putFlag(deps, { environment: 'test', key, document: ON_OFF, actor: 'ada', reason: '', ifRev: 0 });
    }
    const { body: found } = await ask(create, deps, { body });
    expect(found.flags).toHaveLength(5300);
    expect(found.flags.at(-1)).toMatchObject({ key: 'flag-5299', variant: 'off' });
  });

  it('answers 304 to whoever has the answer already, and 200 when a flag has changed or another person is asked for', async () => {
    const deps = await stocked();
    const etag = (await ask(create, deps, { body })).headers['etag'] ?? '';
    const again = (more: object = {}) => ask(create, deps, { body, headers: { 'if-none-match': etag }, ...more });
    expect(await again()).toMatchObject({ status: 304, headers: { etag }, body: undefined });
    expect((await again({ body: { context: {} } })).status).toBe(200);
    await put(deps, 'plain', { ...ON_OFF, defaultVariant: 'on' });
    const changed = await again();
    expect([changed.status, changed.headers['etag'] === etag]).toEqual([200, false]);
  });

  it('answers none where there is none', async () => {
    expect((await ask(create, memoryDeps(), { body })).body).toEqual({ flags: [] });
  });

  it.each([
    ['a context that is no mapping', { context: 5 }, 'INVALID_CONTEXT'],
    ['a body that is no JSON', '{"context":', 'PARSE_ERROR'],
  ])('answers %s in its own shape, without a key', async (_, bad, errorCode) => {
    const found = await ask(create, await stocked(), { body: bad });
    expect(found.status).toBe(400);
    expect(found.body).toEqual({ errorCode, errorDetails: expect.stringMatching(/\w/) });
  });
});
