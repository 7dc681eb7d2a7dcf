import { describe, expect, it } from 'vitest';
import { create } from '../../../../functions/put-flag/index.ts';
import type { Key, Write } from '../../../../shared/ports/store.ts';
import { alarmsKey, flagKey, runKey } from '../../../../shared/run/keys.ts';
import type { RunDeps } from '../../../../shared/run/run-access.ts';
import { startRun } from '../../../../shared/run/start-run.ts';
import { startRequest } from '../../shared/run/run-bed.ts';
import { ask, ON_OFF, put } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

const split = {
  ...ON_OFF,
  targeting: {
    fractional: [
      ['on', 25],
      ['off', 75],
    ],
  },
};
const targeting = (rule: object) => ({ ...ON_OFF, targeting: rule });

/** `{"!":[{"!":[…]}]}` */
const deep = (levels: number): string => `${'{"!":['.repeat(levels)}1${']}'.repeat(levels)}`;
const withRule = (rule: string): string =>
  JSON.stringify({ flag: targeting({}) }).replace('"targeting":{}', `"targeting":${rule}`);

describe('put-flag', () => {
  it('creates a flag, changes it, and answers it as it is', async () => {
    const deps = memoryDeps();
    expect(await put(deps, 'search', ON_OFF)).toMatchObject({
      status: 200,
      body: { environment: 'test', key: 'search', flag: ON_OFF },
    });
    const changed = await put(deps, 'search', split);
    expect(changed).toMatchObject({ status: 200, body: { flag: split, rev: 2 } });
    expect(changed.body.owner).toBeUndefined();
  });

  it('takes the form instead, and answers both', async () => {
    const found = await ask(create, memoryDeps(), { path: { key: 'search' }, body: { simple: { rolloutPercentage: 25 } } });
    expect(found).toMatchObject({ status: 200, body: { simple: { rolloutPercentage: 25 }, flag: { state: 'ENABLED' } } });
  });

  it('refuses both at once, and neither', async () => {
    const both = await put(memoryDeps(), 'search', ON_OFF, { simple: {} });
    const neither = await ask(create, memoryDeps(), { path: { key: 'search' }, body: {} });
    for (const { status, body } of [both, neither]) expect([status, body.code]).toEqual([422, 'INVALID']);
  });

  it('keeps flags of environments apart', async () => {
    const deps = memoryDeps();
    await put(deps, 'search', ON_OFF, { environment: 'staging' });
    expect(await deps.store.read(flagKey('staging', 'search'))).toBeDefined();
    expect(await deps.store.read(flagKey('test', 'search'))).toBeUndefined();
  });

  it('refuses a change of another revision than the one that was seen', async () => {
    const deps = memoryDeps();
    await put(deps, 'search', ON_OFF, { ifRev: 0 });
    expect(await put(deps, 'search', split, { ifRev: 0 })).toMatchObject({ status: 412, body: { code: 'FLAG_REVISION' } });
    expect(await put(deps, 'search', split, { ifRev: 1 })).toMatchObject({ status: 200 });
    expect(await put(memoryDeps(), 'other', split, { ifRev: 3 })).toMatchObject({ status: 412 });
  });

  it('leaves alone what a run shifts, and names the run', async () => {
    const deps = memoryDeps();
    await put(deps, 'search', ON_OFF);
    await deps.store.write({
      name: 'test.own',
      key: flagKey('test', 'search'),
      set: { owner: 'run-1', ownerEpoch: 1 },
      when: [],
    });
    const found = await put(deps, 'search', split);
    expect(found).toMatchObject({ status: 409, body: { code: 'FLAG_OWNED', next: expect.stringContaining('run-1') } });
    expect((await deps.store.read(flagKey('test', 'search')))?.['document']).toEqual(ON_OFF);
  });

  it.each([
    ['of an unknown operator', targeting({ iff: [true, 'on'] }), 422, 'FLAG_INVALID', /iff/],
    ['that names an evaluator, which a flag alone has not', targeting({ $ref: 'staff' }), 422, 'FLAG_INVALID', /staff/],
    ['whose default is no variant', { ...ON_OFF, defaultVariant: 'of' }, 422, 'FLAG_INVALID', /"of"/],
    ['of variants of several types', { ...ON_OFF, variants: { on: true, off: 'no' } }, 422, 'INVALID', /one type/],
    ['with an unknown field', { ...ON_OFF, percent: 5 }, 422, 'INVALID', /percent/],
    ['of more bytes than an item can hold', { ...ON_OFF, metadata: { note: 'x'.repeat(64_000) } }, 422, 'FLAG_INVALID', /bytes/],
  ])('refuses a flag %s', async (_, flag, status, code, detail) => {
    const deps = memoryDeps();
    const found = await put(deps, 'search', flag);
    expect([found.status, found.body.code]).toEqual([status, code]);
    expect(found.body.detail).toMatch(detail);
    expect(await deps.store.read(flagKey('test', 'search'))).toBeUndefined();
  });

  it.each([130, 200, 1000, 200_000])('refuses rules that are nested %i deep', async (levels) => {
    const { status, body } = await ask(create, memoryDeps(), { path: { key: 'search' }, body: withRule(deep(levels)) });
    expect([400, 422]).toContain(status);
    expect(body.detail).toMatch(/nested|deep/);
  });

  it.each(['"__proto__":{"polluted":true},', '"constructor":{"prototype":{"polluted":true}},'])(
    'refuses what would reach a prototype: %s',
    async (fields) => {
      const bodies = [
        `{"flag":{${fields}"state":"ENABLED","variants":{"on":true}}}`,
        `{"flag":{"state":"ENABLED","variants":{"on":{${fields}"a":1}}}}`,
        withRule(`{${fields}"!":[1]}`),
        `{${fields}"flag":${JSON.stringify(ON_OFF)}}`,
      ];
      for (const body of bodies) {
        const { status } = await ask(create, memoryDeps(), { path: { key: 'search' }, body });
        expect([400, 422], body).toContain(status);
      }
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    },
  );
});

/** Takes executions on, and begins none. */
const IDLE = { start: async () => {} } as unknown as RunDeps['workflow'];

describe('put-flag of a migration', () => {
  const migration = (defaultVariant: string) => ({
    state: 'ENABLED',
    variants: { live: 'live', complete: 'complete' },
    defaultVariant,
  });

  it('refuses its last stage while a run may still send it back', async () => {
    const deps = memoryDeps();
    const set = (key: Key, attributes: NonNullable<Write['set']>) =>
      deps.store.write({ name: 'test.set', key, set: attributes, when: [] });
    await put(deps, 'cities', migration('live'));
    const { run } = await startRun({ ...deps, workflow: IDLE }, startRequest());
    await set(flagKey('test', 'cities'), { released: { runId: run.id, epoch: 1 } });
    await set(alarmsKey(run.id, 'c'), { flag: 'cities', rollbackWindow: 1000 });
    const refused = await put(deps, 'cities', migration('complete'));
    expect([refused.status, refused.body.code]).toEqual([409, 'ROLLBACK_WINDOW']);
    expect(await put(deps, 'cities', { ...migration('live'), metadata: { owner: 'search' } })).toMatchObject({ status: 200 });
    await set(runKey(run.id), { status: 'succeeded', endedAt: deps.clock.now() - 1001 });
    expect(await put(deps, 'cities', migration('complete'))).toMatchObject({ status: 200 });
  });
});
