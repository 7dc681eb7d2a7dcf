import { describe, expect, it } from 'vitest';
import { create } from '../../../../functions/list-flags/index.ts';
import { create as putEvaluators } from '../../../../functions/put-evaluators/index.ts';
import { type FlagFeed, flagFeed } from '../../../../shared/flags/flag-feed.ts';
import { joinFeeds } from '../../../../shared/flags/join-feeds.ts';
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

  it('answers a page within a bound of bytes, and says where to go on', async () => {
    const deps = memoryDeps();
    const keys = Array.from({ length: 120 }, (_, n) => `flag-${String(n).padStart(3, '0')}`);
    const big = { ...ON_OFF, targeting: { if: [{ in: [{ var: 'targetingKey' }, ['x'.repeat(60_000)]] }, 'on', 'off'] } };
    for (const key of keys) await put(deps, key, big);
    const found: FlagFeed[] = [];
    let cursor: string | undefined;
    do {
      const { status, body } = await ask(create, deps, cursor === undefined ? {} : { query: { cursor } });
      expect(status).toBe(200);
      expect(JSON.stringify(body).length).toBeLessThan(4 * 1024 * 1024);
      found.push(flagFeed.parse(body));
      cursor = found.at(-1)?.cursor;
    } while (cursor !== undefined);
    expect(found).toHaveLength(3);
    const [first, ...rest] = found;
    if (!first) throw new Error('There is no page.');
    const whole = joinFeeds([first, ...rest]);
    expect(Object.keys((whole.flags as { flags: object }).flags)).toEqual(keys);
    expect(whole.rev).toBe(120);
    expect(readFlags(whole.flags, { now: () => 0 }).ok).toBe(true);
  });

  it('goes on after the flag that was last, though others came meanwhile', async () => {
    const deps = memoryDeps();
    for (const key of ['b', 'd', 'f']) await put(deps, key, ON_OFF);
    const first = (await ask(create, deps, { query: { limit: '2' } })).body;
    for (const key of ['a', 'c', 'e']) await put(deps, key, ON_OFF);
    const second = (await ask(create, deps, { query: { limit: '2', cursor: first.cursor } })).body;
    expect(Object.keys(first.flags.flags)).toEqual(['b', 'd']);
    expect(Object.keys(second.flags.flags)).toEqual(['e', 'f']);
    expect(second.cursor).toBeUndefined();
  });

  it('counts what flags share on the first page only, and answers each page by its own ETag', async () => {
    const deps = memoryDeps();
    for (const key of ['a', 'b']) await put(deps, key, ON_OFF);
    const body = { evaluators: { staff: { var: 'staff' } }, reason: 'why' };
    expect((await ask(putEvaluators, deps, { body })).status).toBe(200);
    const first = await ask(create, deps, { query: { limit: '1' } });
    const query = { limit: '1', cursor: first.body.cursor };
    const second = await ask(create, deps, { query });
    expect([first.body.rev, second.body.rev]).toEqual([2, 1]);
    expect(second.body.flags.$evaluators).toEqual(body.evaluators);
    await put(deps, 'a', { ...ON_OFF, state: 'DISABLED' });
    const headers = { 'if-none-match': second.headers['etag'] ?? '' };
    expect((await ask(create, deps, { query, headers })).status).toBe(304);
  });

  it.each(['x', 'e30', Buffer.from('{"after":1}').toString('base64url')])('refuses the cursor %s', async (cursor) => {
    const { status, body } = await ask(create, memoryDeps(), { query: { cursor } });
    expect([status, body.code]).toEqual([422, 'CURSOR_UNKNOWN']);
  });
});
