import { describe, expect, it } from 'vitest';
import { create } from '../../../../functions/get-flag/index.ts';
import { flagKey } from '../../../../shared/run/keys.ts';
import { ask, ON_OFF, put } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

const path = { key: 'search' };

describe('get-flag', () => {
  it('shows a flag with its revision, and in the words of the form where those say all', async () => {
    const deps = memoryDeps();
    await put(deps, 'search', ON_OFF);
    const { status, body } = await ask(create, deps, { path });
    expect(status).toBe(200);
    expect(body).toMatchObject({ environment: 'test', key: 'search', flag: ON_OFF, rev: 1 });
  });

  it('leaves the form out where the flag says more', async () => {
    const deps = memoryDeps();
    await put(deps, 'search', { ...ON_OFF, targeting: { if: [{ in: [{ var: 'plan' }, ['pro']] }, 'on', 'off'] } });
    expect((await ask(create, deps, { path })).body.simple).toBeUndefined();
  });

  it('shows who shifts it, and why it was sent back, as it is evaluated', async () => {
    const deps = memoryDeps();
    await put(deps, 'search', ON_OFF);
    const tripped = { at: 5, by: 'alarm', reason: 'errors' };
    const set = { owner: 'run-1', preImage: ON_OFF, document: { ...ON_OFF, defaultVariant: 'on' }, tripped };
    await deps.store.write({ name: 'test.trip', key: flagKey('test', 'search'), set, when: [] });
    expect((await ask(create, deps, { path })).body).toMatchObject({ owner: 'run-1', tripped, flag: ON_OFF });
  });

  it('tells how to make one that is not there', async () => {
    const found = await ask(create, memoryDeps(), { path, query: { environment: 'staging' } });
    expect(found).toMatchObject({
      status: 404,
      body: { code: 'FLAG_NOT_FOUND', next: expect.stringContaining('flags set search') },
    });
  });
});
