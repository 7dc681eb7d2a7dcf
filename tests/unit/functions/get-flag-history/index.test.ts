import { describe, expect, it } from 'vitest';
import { create } from '../../../../functions/get-flag-history/index.ts';
import { ask, ON_OFF, put } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

const path = { key: 'search' };

describe('get-flag-history', () => {
  it('tells every change in order: who, what and why', async () => {
    const deps = memoryDeps();
    await put(deps, 'search', ON_OFF, { reason: 'begin' });
    await put(deps, 'search', { ...ON_OFF, defaultVariant: 'on' }, { reason: 'all of it' });
    const { status, body } = await ask(create, deps, { path });
    expect(status).toBe(200);
    expect(body.events).toMatchObject([
      { type: 'flagPut', rev: 1, actor: 'ada', data: { reason: 'begin', document: ON_OFF } },
      { type: 'flagPut', rev: 2, actor: 'ada', data: { reason: 'all of it' } },
    ]);
  });

  it('tells that there is no such flag', async () => {
    expect(await ask(create, memoryDeps(), { path })).toMatchObject({ status: 404, body: { code: 'FLAG_NOT_FOUND' } });
  });
});
