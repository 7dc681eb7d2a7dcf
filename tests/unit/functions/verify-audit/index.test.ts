import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../adapters/memory/virtual-clock.ts';
import type { Deps } from '../../../../functions/deps.ts';
import { create } from '../../../../functions/verify-audit/index.ts';
import type { Value } from '../../../../shared/ports/store.ts';
import { eventKey, flagKey } from '../../../../shared/run/keys.ts';
import { ask, ON_OFF, put } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

const NOVEMBER = Date.UTC(2026, 10, 22);
const ONE = flagKey('test', 'one');
const OF = 'FLAG#test#one';

/** A flag of four revisions, and one of one in another environment. */
async function bed() {
  const clock = new VirtualClock(NOVEMBER);
  const deps = memoryDeps({ clock });
  for (const reason of ['a', 'b', 'c', 'd']) {
    await put(deps, 'one', ON_OFF, { reason });
    await clock.advanceTo(clock.now() + 1000);
  }
  await put(deps, 'two', ON_OFF, { environment: 'production' });
  return { deps, clock };
}

const tamper = (deps: Deps, rev: number, set: Record<string, Value>) =>
  deps.store.write({ name: 'test.tamper', key: eventKey(ONE, rev), set, when: [] });
const stored = async (deps: Deps, rev: number) => {
  const { pk: _, sk: __, ...event } = (await deps.store.read(eventKey(ONE, rev))) ?? { pk: '', sk: '' };
  return event;
};
/** What a month tells of the flag. */
async function brokenIn(deps: Deps, query: Record<string, string> = {}) {
  const { body } = await ask(create, deps, { query });
  return body.items.find(({ of }: { of: string }) => of === OF).broken;
}

describe('verify-audit', () => {
  it('finds every chain whole where nobody changed anything', async () => {
    const { deps } = await bed();
    const { status, body } = await ask(create, deps);
    expect(status).toBe(200);
    expect(body).toEqual({
      items: [
        { of: OF, environment: 'test', events: expect.any(Number), broken: [] },
        { of: 'FLAG#production#two', environment: 'production', events: 1, broken: [] },
      ],
    });
  });

  it.each<[string, number, Record<string, Value>]>([
    ['who did it', 2, { actor: 'mallory' }],
    ['what was done', 3, { data: { reason: 'another' } }],
    ['when', 1, { at: 1 }],
    ['what was before', 2, { prev: 'x' }],
    ['its revision', 2, { rev: 9 }],
    ['what it is at all', 3, { type: 7 }],
    ['the last one, which the flag itself holds too', 4, { actor: 'mallory' }],
  ])('names the revision where somebody has changed %s', async (_, rev, set) => {
    const { deps } = await bed();
    // An event that still rides in the flag is stored by whoever reads its history: here as that would be.
    if (rev === 4) await deps.store.write({ name: 'test.flush', key: eventKey(ONE, 4), set: await riding(deps), when: [] });
    await tamper(deps, rev, set);
    expect(await brokenIn(deps)).toEqual([{ item: 'FLAG', rev }]);
    expect(await brokenIn(deps, { of: OF })).toEqual([{ item: 'FLAG', rev }]);
  });

  it('names the revision that was put on top', async () => {
    const { deps } = await bed();
    await tamper(deps, 5, { ...(await stored(deps, 3)), rev: 5 });
    expect(await brokenIn(deps)).toEqual([{ item: 'FLAG', rev: 5 }]);
  });

  it('names the revision after which the end is missing', async () => {
    const { deps, clock } = await bed();
    const short = memoryDeps({ clock });
    for (const rev of [1, 2])
      await short.store.write({ name: 'test.copy', key: eventKey(ONE, rev), set: await stored(deps, rev), when: [] });
    const { pk: _, sk: __, ...flag } = (await deps.store.read(ONE)) ?? { pk: '', sk: '' };
    await short.store.write({ name: 'test.copy', key: ONE, set: flag, when: [] });
    expect(await brokenIn(short)).toEqual([{ item: 'FLAG', rev: 4 }]);
  });

  it('goes on after a page, and tells nothing of what the caller does not see', async () => {
    const { deps } = await bed();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: '1', ...(cursor === undefined ? {} : { cursor }) };
      const { body } = await ask(create, deps, { query, roles: ['test:viewer'] });
      seen.push(...body.items.map(({ of }: { of: string }) => of));
      cursor = body.cursor;
    } while (cursor !== undefined);
    expect(new Set(seen)).toEqual(new Set([OF]));
  });

  it('stops in time, and goes on where it was', async () => {
    const { deps, clock } = await bed();
    const slow: Deps = { ...deps, store: Object.create(deps.store, {}) };
    slow.store.list = async (...asked) => {
      await clock.advanceTo(clock.now() + 60_000);
      return deps.store.list(...asked);
    };
    for (const method of ['read', 'readMany', 'write', 'listIndex'] as const)
      Object.assign(slow.store, { [method]: deps.store[method].bind(deps.store) });
    const first = await ask(create, slow);
    expect(first.body.items).toMatchObject([{ of: OF }]);
    const second = await ask(create, slow, { query: { cursor: first.body.cursor } });
    expect(second.body).toMatchObject({ items: [{ of: 'FLAG#production#two' }] });
    expect(second.body.cursor).toBeUndefined();
  });

  it('answers nothing of a month in which nothing was', async () => {
    const { deps } = await bed();
    expect((await ask(create, deps, { query: { month: '2026-10' } })).body).toEqual({ items: [] });
  });

  it('knows no item that has no events, nor one that the caller does not see', async () => {
    const { deps } = await bed();
    const unknown = { status: 404, body: { code: 'AUDIT_ITEM_NOT_FOUND' } };
    expect(await ask(create, deps, { query: { of: 'FLAG#test#nobody' } })).toMatchObject(unknown);
    expect(await ask(create, deps, { query: { of: OF }, roles: ['production:admin'] })).toMatchObject(unknown);
  });

  it.each(['x', Buffer.from('{"month":"2026-11","done":-1}').toString('base64url')])('refuses the cursor %j', async (cursor) => {
    expect((await ask(create, (await bed()).deps, { query: { cursor } })).status).toBe(422);
  });
});

async function riding(deps: Deps): Promise<Record<string, Value>> {
  return (await deps.store.read(ONE))?.['lastEvent'] as Record<string, Value>;
}
