import { describe, expect, it } from 'vitest';
import { create as evaluateFlag } from '../../../../functions/evaluate-flag/index.ts';
import { create as evaluateFlags } from '../../../../functions/evaluate-flags/index.ts';
import { create as getEvaluators } from '../../../../functions/get-evaluators/index.ts';
import { create as getHistory } from '../../../../functions/get-flag-history/index.ts';
import { create as listFlags } from '../../../../functions/list-flags/index.ts';
import { create } from '../../../../functions/put-evaluators/index.ts';
import { flagKey } from '../../../../shared/run/keys.ts';
import { ask, ON_OFF, put } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

type Deps = ReturnType<typeof memoryDeps>;
const STAFF = { staff: { ends_with: [{ var: 'email' }, '@example.org'] } };
const forStaff = { ...ON_OFF, targeting: { if: [{ $ref: 'staff' }, 'on', 'off'] } };
const share = (deps: Deps, evaluators: object, more: object = {}) => ask(create, deps, { body: { evaluators, ...more } });
const valueFor = async (deps: Deps, email: string) =>
  (await ask(evaluateFlag, deps, { path: { key: 'search' }, body: { context: { email } } })).body.value;

describe('put-evaluators', () => {
  it('shares rules with every flag of the environment, wherever one is evaluated', async () => {
    const deps = memoryDeps();
    expect(await share(deps, STAFF)).toMatchObject({ status: 200, body: { environment: 'test', evaluators: STAFF, rev: 1 } });
    expect(await put(deps, 'search', forStaff)).toMatchObject({ status: 200 });
    expect(await Promise.all(['a@example.org', 'a@example.com'].map((email) => valueFor(deps, email)))).toEqual([true, false]);
    const bulk = await ask(evaluateFlags, deps, { body: { context: { email: 'a@example.org' } } });
    expect(bulk.body.flags).toMatchObject([{ key: 'search', value: true }]);
    const feed = (await ask(listFlags, deps)).body;
    expect(feed).toMatchObject({ flags: { flags: { search: forStaff }, $evaluators: STAFF }, rev: 2 });
    await share(deps, { staff: { '==': [{ var: 'email' }, 'a@example.com'] } });
    expect(await Promise.all(['a@example.org', 'a@example.com'].map((email) => valueFor(deps, email)))).toEqual([false, true]);
    expect((await ask(listFlags, deps)).body.rev).toBe(3);
  });

  it('keeps environments apart, and answers none where there are none', async () => {
    const deps = memoryDeps();
    await share(deps, STAFF, { environment: 'staging' });
    const view = (environment: string) => ask(getEvaluators, deps, { query: { environment } });
    expect((await view('staging')).body).toEqual({ environment: 'staging', evaluators: STAFF, rev: 1 });
    expect((await view('test')).body).toEqual({ environment: 'test', evaluators: {}, rev: 0 });
    expect(await put(deps, 'search', forStaff)).toMatchObject({ status: 422, body: { code: 'FLAG_INVALID' } });
  });

  it('refuses a change that breaks a flag, and names the flag', async () => {
    const deps = memoryDeps();
    await share(deps, STAFF);
    await put(deps, 'search', forStaff);
    const refused = await share(deps, { others: true });
    expect([refused.status, refused.body.code]).toEqual([422, 'FLAG_INVALID']);
    expect(refused.body.detail).toContain('The flag search uses them');
    expect(await share(deps, { ...STAFF, others: true })).toMatchObject({ status: 200 });
  });

  it('refuses a change that would break what a rollback brings back', async () => {
    const deps = memoryDeps();
    await share(deps, STAFF);
    await put(deps, 'search', ON_OFF);
    await deps.store.write({ name: 'test.own', key: flagKey('test', 'search'), set: { preImage: forStaff }, when: [] });
    expect(await share(deps, {})).toMatchObject({ status: 422 });
  });

  it.each([
    ['that go round in a circle', { a: { '!': [{ $ref: 'b' }] }, b: { '!': [{ $ref: 'a' }] } }, /circle/],
    ['of an unknown operator', { a: { iff: [true] } }, /iff/],
    ['of more bytes than an item can hold', { a: { '==': ['x', 'x'.repeat(64_000)] } }, /bytes/],
  ])('refuses rules %s', async (_, evaluators, detail) => {
    const deps = memoryDeps();
    const refused = await share(deps, evaluators);
    expect([refused.status, refused.body.code]).toEqual([422, 'FLAG_INVALID']);
    expect(refused.body.detail).toMatch(detail);
    expect((await ask(getEvaluators, deps)).body.rev).toBe(0);
  });

  it('refuses a change of another revision than the one that was seen, and tells who made which', async () => {
    const deps = memoryDeps();
    await share(deps, STAFF, { ifRev: 0, reason: 'begin' });
    expect(await share(deps, {}, { ifRev: 0 })).toMatchObject({ status: 412, body: { code: 'FLAG_REVISION' } });
    await share(deps, {}, { ifRev: 1 });
    const { events } = (await ask(getHistory, deps, { path: { key: '$evaluators' } })).body;
    expect(events).toMatchObject([
      { type: 'flagPut', actor: 'ada', data: { reason: 'begin', document: STAFF } },
      { type: 'flagPut', data: { document: {} } },
    ]);
    expect(deps.published.map(({ item }) => item)).toEqual(['FLAG#test#$evaluators', 'FLAG#test#$evaluators']);
  });

  it('leaves out a flag whose rule was taken away in the same moment, rather than all of them', async () => {
    const deps = memoryDeps();
    await put(deps, 'whole', ON_OFF);
    await share(deps, STAFF);
    await put(deps, 'search', forStaff);
    await deps.store.write({ name: 'test.race', key: flagKey('test', '$evaluators'), set: { document: {} }, when: [] });
    expect((await ask(listFlags, deps)).body.flags).toEqual({ flags: { whole: ON_OFF } });
    const alone = await ask(evaluateFlag, deps, { path: { key: 'search' }, body: {} });
    expect(alone).toMatchObject({ status: 400, body: { errorCode: 'PARSE_ERROR' } });
  });
});
