import { describe, expect, it, vi } from 'vitest';
import { create } from '../../../../functions/evaluate-flag/index.ts';
import { flagKey } from '../../../../shared/run/keys.ts';
import { ask, ON_OFF, put } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

const evaluate = (
  deps: ReturnType<typeof memoryDeps>,
  key: string,
  body: object | string = { context: { targetingKey: 'ada' } },
) => ask(create, deps, { path: { key }, body });

const SPLIT = {
  fractional: [
    ['on', 50],
    ['off', 50],
  ],
};

async function stocked() {
  const deps = memoryDeps();
  await put(deps, 'plain', { ...ON_OFF, metadata: { owner: 'search' } });
  await put(deps, 'staff', { ...ON_OFF, targeting: { if: [{ ends_with: [{ var: 'email' }, '@example.org'] }, 'on'] } });
  await put(deps, 'split', { ...ON_OFF, targeting: SPLIT });
  await put(deps, 'keyed', { ...ON_OFF, defaultVariant: null, targeting: SPLIT });
  await put(deps, 'disabled', { ...ON_OFF, state: 'DISABLED' });
  await put(deps, 'faulty', { ...ON_OFF, targeting: { if: [{ '/': [1, { var: 'n' }] }, 'on'] } });
  await put(deps, 'sized', { state: 'ENABLED', variants: { big: { rows: 50 } }, defaultVariant: 'big' });
  return deps;
}

describe('evaluate-flag, by OFREP', () => {
  it.each([
    ['plain', {}, { value: false, variant: 'off', reason: 'STATIC', metadata: { owner: 'search' } }],
    ['staff', { email: 'ada@example.org' }, { value: true, variant: 'on', reason: 'TARGETING_MATCH' }],
    ['staff', { email: 'ada@example.com' }, { value: false, variant: 'off', reason: 'DEFAULT' }],
    ['split', { targetingKey: 'ada' }, { reason: 'SPLIT' }],
    ['sized', {}, { value: { rows: 50 }, variant: 'big', reason: 'STATIC' }],
  ])('answers 200 with what %s is for %j', async (key, context, wanted) => {
    const { status, headers, body } = await evaluate(await stocked(), key, { context });
    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
    expect(body).toMatchObject({ key, ...wanted });
  });

  it('leaves the value out where the caller has its own default', async () => {
    const { status, body } = await evaluate(await stocked(), 'disabled');
    expect([status, body]).toEqual([200, { key: 'disabled', reason: 'DISABLED' }]);
  });

  it('takes a call without a body: nobody is asked for', async () => {
    expect(await ask(create, await stocked(), { path: { key: 'plain' } })).toMatchObject({ status: 200, body: { value: false } });
  });

  it('asks in the environment that a header names, unless the call itself names one', async () => {
    const deps = await stocked();
    await put(deps, 'plain', { ...ON_OFF, defaultVariant: 'on' }, { environment: 'staging' });
    const value = async (call: object) => {
      const headers = { 'x-slipway-environment': 'staging' };
      return (await ask(create, deps, { path: { key: 'plain' }, headers, ...call })).body.value;
    };
    expect(await value({})).toBe(true);
    expect(await value({ query: { environment: 'test' } })).toBe(false);
    expect(await value({ body: { environment: 'test', context: {} } })).toBe(false);
  });

  it('answers from the old side from the moment of a trip', async () => {
    const deps = await stocked();
    const set = { preImage: ON_OFF, document: { ...ON_OFF, defaultVariant: 'on' }, owner: 'run-1' };
    await deps.store.write({ name: 'test.shift', key: flagKey('test', 'plain'), set, when: [] });
    expect((await evaluate(deps, 'plain')).body).toMatchObject({ value: true });
    const tripped = { at: 0, by: 'alarm', reason: 'errors' };
    await deps.store.write({ name: 'test.trip', key: flagKey('test', 'plain'), set: { tripped }, when: [] });
    expect((await evaluate(deps, 'plain')).body).toMatchObject({ value: false });
  });

  it.each([
    ['no such flag', 'nope', {}, 404, 'FLAG_NOT_FOUND'],
    ['a key that no flag can have', 'a b/c', {}, 404, 'FLAG_NOT_FOUND'],
    ['a split without a key, and no default', 'keyed', { context: {} }, 400, 'TARGETING_KEY_MISSING'],
    ['a rule that cannot be evaluated for this context', 'faulty', { context: { n: 0 } }, 400, 'GENERAL'],
    ['a context that is no mapping', 'plain', { context: 'ada' }, 400, 'INVALID_CONTEXT'],
    ['a context that is a list', 'plain', { context: ['ada'] }, 400, 'INVALID_CONTEXT'],
    ['a body that is no JSON', 'plain', '{', 400, 'PARSE_ERROR'],
    ['a body that is no object', 'plain', '[]', 400, 'PARSE_ERROR'],
    ['an environment that cannot be', 'plain', { environment: 'No!' }, 400, 'PARSE_ERROR'],
  ])('answers %s in its own shape', async (_, key, body, status, errorCode) => {
    const found = await evaluate(await stocked(), key, body);
    expect([found.status, found.headers['content-type']]).toEqual([status, 'application/json']);
    expect(found.body).toEqual({ key, errorCode, errorDetails: expect.stringMatching(/\w/) });
  });

  it('keeps the words of an unexpected error to the log', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const store = { read: () => Promise.reject(new Error('password=hunter2')) };
    const found = await evaluate(memoryDeps({ store }), 'plain');
    expect(found).toMatchObject({ status: 500, body: { key: 'plain', errorCode: 'GENERAL' } });
    expect(JSON.stringify(found.body)).not.toContain('hunter2');
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });
});
