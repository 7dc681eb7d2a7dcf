import { describe, expect, it, vi } from 'vitest';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import { create as getFlag } from '../../../../functions/get-flag/index.ts';
import { create } from '../../../../functions/list-audit/index.ts';
import { ask, ON_OFF, put } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

const NEW_YEAR = Date.UTC(2026, 0, 1);

/** Two flags put before the new year, in two environments, and one after. */
async function bed() {
  const clock = new VirtualClock(NEW_YEAR - 2000);
  const deps = memoryDeps({ clock });
  await put(deps, 'one', ON_OFF);
  await clock.advanceTo(NEW_YEAR - 1000);
  await put(deps, 'two', ON_OFF, { environment: 'production' });
  await clock.advanceTo(NEW_YEAR + 1000);
  await put(deps, 'three', ON_OFF);
  return deps;
}
const flags = ({ body }: { body: { entries: { of: string }[] } }) => body.entries.map(({ of }) => of.split('#')[2]);

describe('list-audit', () => {
  it('tells what was done, newest first, over the months', async () => {
    const found = await ask(create, await bed());
    expect(flags(found)).toEqual(['three', 'two', 'one']);
    expect(found.body.entries[0]).toMatchObject({ actor: 'ada', type: 'flagPut', environment: 'test', data: { reason: 'why' } });
  });

  it('goes on after a page, to the end', async () => {
    const deps = await bed();
    const seen: (string | undefined)[] = [];
    let cursor: string | undefined;
    do {
      const page = await ask(create, deps, { query: { limit: '1', ...(cursor === undefined ? {} : { cursor }) } });
      expect(page.body.entries.length).toBeLessThanOrEqual(1);
      seen.push(...flags(page));
      cursor = page.body.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(['three', 'two', 'one']);
  });

  it.each([
    [{ since: String(NEW_YEAR) }, ['three']],
    [{ actor: 'ada' }, ['three', 'two', 'one']],
    [{ actor: 'bob' }, []],
    [{ type: 'flagTripped' }, []],
  ])('finds by %j', async (query, wanted) => {
    expect(flags(await ask(create, await bed(), { query }))).toEqual(wanted);
  });

  it('leaves out what the caller may not see', async () => {
    expect(flags(await ask(create, await bed(), { roles: ['test:viewer'] }))).toEqual(['three', 'one']);
  });

  it('tells refusals, of an environment to those who see it', async () => {
    const log = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const deps = await bed();
    await ask(getFlag, deps, { path: { key: 'one' }, roles: ['other:viewer'] });
    const query = { type: 'accessDenied' };
    expect((await ask(create, deps, { query })).body.entries).toMatchObject([
      { actor: 'ada', environment: 'test', data: { route: 'GET /v1/flags/{key}', takes: 'viewer' } },
    ]);
    expect((await ask(create, deps, { query, roles: ['other:viewer'] })).body.entries).toEqual([]);
    log.mockRestore();
  });

  it.each(['x', Buffer.from('{"month":"run"}').toString('base64url')])('refuses the cursor %j', async (cursor) => {
    expect((await ask(create, await bed(), { query: { cursor } })).status).toBe(422);
  });
});
