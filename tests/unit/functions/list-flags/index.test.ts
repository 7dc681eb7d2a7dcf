import { describe, expect, it } from 'vitest';
import { create } from '../../../../functions/list-flags/index.ts';
import { flagFeed } from '../../../../shared/flags/flag-feed.ts';
import { readFlags } from '../../../../shared/flags/read-flags.ts';
import { ask, ON_OFF, put } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

describe('list-flags', () => {
  it('answers a document that providers can read, of one environment, whose revision grows with every change', async () => {
    const deps = memoryDeps();
    await put(deps, 'one', ON_OFF);
    await put(deps, 'two', ON_OFF);
    await put(deps, 'elsewhere', ON_OFF, { environment: 'staging' });
    const feed = flagFeed.parse((await ask(create, deps)).body);
    expect(feed).toEqual({ environment: 'test', flags: { flags: { one: ON_OFF, two: ON_OFF } }, rev: 2 });
    expect(readFlags(feed.flags, { now: () => 0 }).ok).toBe(true);
    await put(deps, 'two', { ...ON_OFF, state: 'DISABLED' });
    expect((await ask(create, deps)).body.rev).toBe(3);
    expect((await ask(create, deps, { query: { environment: 'staging' } })).body.flags).toEqual({ flags: { elsewhere: ON_OFF } });
  });

  it('answers 304 until a flag changes', async () => {
    const deps = memoryDeps();
    await put(deps, 'one', ON_OFF);
    const headers = { 'if-none-match': (await ask(create, deps)).headers['etag'] ?? '' };
    expect((await ask(create, deps, { headers })).status).toBe(304);
    await put(deps, 'one', { ...ON_OFF, defaultVariant: 'on' });
    expect((await ask(create, deps, { headers })).status).toBe(200);
  });
});
