import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { functions } from '../../../../functions/catalog.ts';
import type { Deps } from '../../../../functions/deps.ts';
import type { LambdaHandler } from '../../../../functions/middleware/lambda-handler.ts';
import { endpoints } from '../../../../shared/api/endpoints.ts';
import { alertKey, runKey } from '../../../../shared/run/keys.ts';
import { type ApiAnswer, ask } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

type Create = (deps: Deps) => LambdaHandler;

const routed = functions.filter(({ route }) => route !== undefined).map(({ name }) => name);
const createOf = async (name: string): Promise<Create> =>
  ((await import(`../../../../functions/${name}/index.ts`)) as { create: Create }).create;

let log: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  log = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => log.mockRestore());

/** The example of an endpoint, as HTTP sends it. */
function sample(name: string) {
  const { route, example } = endpoints[name as keyof typeof endpoints];
  const inPath = new Set(Array.from(route.matchAll(/\{(\w+)\}/g), ([, parameter]) => parameter));
  const given = Object.entries(example.input as object);
  const texts = (fields: [string, unknown][]) => Object.fromEntries(fields.map(([field, value]) => [field, String(value)]));
  const others = given.filter(([field]) => !inPath.has(field));
  const rest = route.startsWith('GET ') ? { query: texts(others) } : { body: Object.fromEntries(others) };
  return {
    path: texts(given.filter(([field]) => inPath.has(field))),
    ...rest,
    runId: String((example.input as { runId?: string }).runId ?? ''),
    alertId: String((example.input as { alertId?: string }).alertId ?? ''),
  };
}

/** Deps with the run and the alert that examples speak of, in an environment of its own. */
async function bed(environment = 'production') {
  const deps = memoryDeps({ environment });
  for (const name of routed) {
    const { runId, alertId } = sample(name);
    if (alertId !== '') {
      await deps.store.write({ name: 'test.alert', key: alertKey(alertId), set: { environment }, when: [] });
    }
    if (runId === '') continue;
    const run = { id: runId, plan: { name: 'p', digest: 'd' }, target: `${environment}/t`, environment, status: 'running' };
    const rest = { direction: 'forward', epoch: 1, rev: 1, execution: 'e', machine: 'run', executions: [], actor: 'ada' };
    const more = { createdAt: 0, updatedAt: 0, onFailure: 'stop', resources: [], components: [], schemaVersion: 1 };
    await deps.store.write({ name: 'test.run', key: runKey(runId), set: { ...run, ...rest, ...more }, when: [] });
  }
  return deps;
}

const denials = async (deps: Deps) => (await deps.store.listIndex('listing', 'audit#1970-01', {})).items;

describe('every call', () => {
  it.each(routed)('of %s is refused to whoever has no role, and that is kept', async (name) => {
    const deps = await bed();
    const { status, body } = await ask(await createOf(name), deps, { ...sample(name), roles: [] });
    const { route, role } = endpoints[name as keyof typeof endpoints];
    expect([403, 404, 400]).toContain(status);
    expect(status === 400).toBe(route.includes('/ofrep/'));
    if (body.next !== undefined) expect(body.next).toMatch(/\w/);
    const [kept] = await denials(deps);
    expect(kept).toMatchObject({ type: 'accessDenied', actor: 'ada', data: { route, takes: role, requestId: 'r' } });
    expect(JSON.parse(String(log.mock.calls[0]?.[0]))).toMatchObject({ audit: 'accessDenied', actor: 'ada', route });
  });

  it.each(routed.filter((name) => endpoints[name as keyof typeof endpoints].role !== 'viewer'))(
    'of %s is forbidden to a viewer',
    async (name) => {
      const { status, body } = await ask(await createOf(name), await bed(), { ...sample(name), roles: ['*:viewer'] });
      expect([status, body.code]).toEqual([403, 'FORBIDDEN']);
      expect(body.detail).toContain(`takes the role ${endpoints[name as keyof typeof endpoints].role}`);
      expect(body.next).toMatch(/role/);
    },
  );

  const ofRuns = routed.filter((name) => endpoints[name as keyof typeof endpoints].of === 'run');
  it.each(ofRuns)('of %s is answered, elsewhere, as for a run that does not exist', async (name) => {
    const [create, deps] = [await createOf(name), await bed()];
    const call = { ...sample(name), roles: ['staging:admin'] };
    const hidden = await ask(create, deps, call);
    const none = await ask(create, memoryDeps(), call);
    expect(hidden).toEqual(none);
    expect(hidden.body.code).toBe('RUN_NOT_FOUND');
    expect(await denials(deps)).toHaveLength(1);
  });

  /** What holds, or tells, of every environment. */
  const everywhere = ['get-events', 'put-limits'];
  const ofEnvironments = routed
    .filter((name) => ['environment', 'request'].includes(endpoints[name as keyof typeof endpoints].of))
    .filter((name) => !everywhere.includes(name));
  it.each(ofEnvironments)('of %s is answered, elsewhere, as for an environment that does not exist', async (name) => {
    const [create, call] = [await createOf(name), { ...sample(name), roles: ['staging:admin'] }];
    const answers: ApiAnswer[] = [
      await ask(create, await bed('production'), call),
      await ask(create, memoryDeps({ environment: 'production' }), call),
    ];
    expect(answers[0]).toEqual(answers[1]);
    expect(JSON.stringify(answers[0]?.body)).toContain('There is no environment');
  });

  it.each(everywhere)('of %s is forbidden to whoever has a role in one environment alone', async (name) => {
    const { status, body } = await ask(await createOf(name), await bed(), { ...sample(name), roles: ['staging:admin'] });
    expect([status, body.code]).toEqual([403, 'FORBIDDEN']);
    expect(body.detail).toContain('no role in every environment');
  });

  it('is refused even where the refusal cannot be kept', async () => {
    const fault = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const store = { write: () => Promise.reject(new Error('down')) };
    const deps = memoryDeps({ store });
    const { status } = await ask(await createOf('get-openapi'), deps, { roles: [] });
    expect(status).toBe(403);
    expect(fault).toHaveBeenCalledOnce();
    fault.mockRestore();
  });
});

describe('a caller', () => {
  const get = async (authorizer: object | undefined, access: Partial<Deps['access']> = {}) => {
    const create = await createOf('get-openapi');
    const deps = memoryDeps({ access: { rolesClaim: 'slipway:roles', ...access } });
    const event = { headers: {}, requestContext: authorizer === undefined ? {} : { authorizer } };
    const answer = await create(deps)(event, { awsRequestId: 'r', getRemainingTimeInMillis: () => 15_000 });
    return (answer as { statusCode: number }).statusCode;
  };

  it.each([
    [
      'with a token of a JWT issuer has the roles of its claim',
      { jwt: { claims: { sub: 'u', 'slipway:roles': '[test:viewer]' } } },
      200,
    ],
    ['with a token that has no such claim has none', { jwt: { claims: { sub: 'u', roles: 'test:viewer' } } }, 403],
    ['who signs may do what IAM lets it', { iam: { userArn: 'arn:aws:iam::123456789012:user/ann' } }, 200],
    ['of the embedded control plane has the roles of its token', { lambda: { actor: 'u', roles: ['test:viewer'] } }, 200],
    ['whom nobody knows has no role', undefined, 403],
    ['of whom nothing is known has no role', {}, 403],
  ])('%s', async (_, authorizer, status) => {
    expect(await get(authorizer)).toBe(status);
  });

  it('who signs has the roles of its ARN, where roles are given so', async () => {
    const iam = { userArn: 'arn:aws:iam::123456789012:user/ann' };
    expect(await get({ iam }, { machines: {} })).toBe(403);
    expect(await get({ iam }, { machines: { [iam.userArn]: ['test:viewer'] } })).toBe(200);
  });

  it('is never heard twice: a token beside a signature counts as the token', async () => {
    const both = { iam: { userArn: 'arn:aws:iam::123456789012:user/ann' }, jwt: { claims: { sub: 'u' } } };
    expect(await get(both)).toBe(403);
  });
});

describe('a list', () => {
  it('leaves out the runs that the caller may not see, and goes on past them', async () => {
    const deps = memoryDeps();
    const of = (n: number, environment: string) => ({
      id: `${n}`.padStart(26, '0'),
      plan: { name: 'p', digest: 'd' },
      target: `${environment}/t`,
      environment,
      status: 'running',
      direction: 'forward',
      epoch: 1,
      rev: 1,
      execution: 'e',
      machine: 'run',
      executions: [],
      actor: 'ada',
      createdAt: 0,
      updatedAt: 0,
      onFailure: 'stop',
      resources: [],
      components: [],
      listing: 'run',
      listingSort: `${n}`.padStart(26, '0'),
    });
    for (let n = 0; n < 12; n += 1) {
      const run = of(n, n < 2 ? 'staging' : 'production');
      await deps.store.write({ name: 'test.run', key: runKey(run.id), set: run, when: [] });
    }
    const create = await createOf('list-runs');
    const { body } = await ask(create, deps, { query: { limit: '5' }, roles: ['staging:viewer'] });
    expect(body.runs.map(({ environment }: { environment: string }) => environment)).toEqual(['staging', 'staging']);
    expect((await ask(create, deps, { roles: ['*:viewer'] })).body.runs).toHaveLength(12);
  });
});
