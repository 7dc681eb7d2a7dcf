import { describe, expect, it } from 'vitest';
import { MemoryTables } from '../../../../adapters/memory/tables.ts';
import { MemoryUserCode } from '../../../../adapters/memory/user-code.ts';
import { inProcess } from '../../../../shared/batch/apply-transform.ts';
import { SupersededError, UserCodeTimeoutError } from '../../../../shared/errors/run-errors.ts';
import { type Check, check } from '../../../../shared/plan/check.ts';
import type { Transform } from '../../../../shared/plan/define-task.ts';
import type { Http, HttpAnswer, HttpRequest } from '../../../../shared/ports/http.ts';
import type { Value } from '../../../../shared/ports/store.ts';
import { baselineKey } from '../../../../shared/run/keys.ts';
import { type CheckContext, phaseScope } from '../../../../shared/validation/check-context.ts';
import type { CheckResult } from '../../../../shared/validation/check-result.ts';
import { readValidations, recordValidation } from '../../../../shared/validation/record-validation.ts';
import { runChecks, sampleChecks } from '../../../../shared/validation/run-checks.ts';
import { runWorld } from '../task/run-world.ts';

type Answer = (request: HttpRequest, at: number) => Partial<HttpAnswer>;

const world = async (over: { figure?: Value | (() => Value); answer?: Answer; transform?: Transform } = {}) => {
  const run = await runWorld({ check: 'validate' });
  const tables = new MemoryTables();
  const sent: HttpRequest[] = [];
  const http: Http = {
    send: async (request) => {
      sent.push(request);
      return { status: 200, body: '{}', durationMs: 10, ...over.answer?.(request, sent.length - 1) };
    },
  };
  const { figure = { value: 1, sample: 10 } } = over;
  const deps = {
    ...run.deps,
    userCode: new MemoryUserCode(run.deps.clock, { figure: () => (typeof figure === 'function' ? figure() : figure) }),
    tables,
    http,
    transformOf: async () => inProcess(over.transform ?? ((record) => record)),
  };
  const context: CheckContext = {
    writer: run.writer,
    scope: 'check',
    environment: 'local',
    plan: 'cities',
    fence: 7,
    outputs: {},
    timeoutMs: 120_000,
  };
  const one = async (wanted: object): Promise<CheckResult> => {
    const outcome = await runChecks(deps, [check.parse({ name: 'one', ...wanted })], context, deps.clock.now() + 60_000);
    if (outcome.outcome !== 'done' || !outcome.results[0]) throw new Error('the check has no result');
    expect(outcome.passed).toBe(outcome.results[0].outcome === 'pass');
    return outcome.results[0];
  };
  return { ...run, deps, context, tables, sent, one };
};

const figureCheck = (over: object = {}) => ({ type: 'function', run: 'figure', is: '<=', limit: 2, ...over });

describe('a function check', () => {
  it('compares the figure in each of the five ways', async () => {
    const cases = [
      ['<', 1, 'fail'],
      ['<=', 1, 'pass'],
      ['>', 1, 'fail'],
      ['>=', 1, 'pass'],
      ['=', 1, 'pass'],
      ['=', 2, 'fail'],
    ] as const;
    for (const [is, limit, outcome] of cases) {
      const { one } = await world();
      expect(await one(figureCheck({ is, limit }))).toMatchObject({ value: 1, limit, is, sample: 10, outcome });
    }
  });
  it('passes on no figure that is missing or no finite number', async () => {
    for (const figure of [
      null,
      'text',
      {},
      { value: 'NaN', sample: 9 },
      () => ({ value: Number.NaN, sample: 9 }),
      () => ({ value: Number.NEGATIVE_INFINITY, sample: 9 }),
    ]) {
      const { one } = await world({ figure });
      expect((await one(figureCheck({ minSample: 0 }))).outcome).toBe('fail');
    }
  });
  it('does not pass on too small a sample', async () => {
    for (const figure of [{ value: 1 }, { value: 1, sample: 2 }]) {
      const { one } = await world({ figure });
      expect((await one(figureCheck({ minSample: 3 }))).outcome).toBe('insufficient');
    }
  });
  it('fails where the function does, and says so', async () => {
    const broken = () => {
      throw new Error('no such index');
    };
    const { one } = await world({ figure: broken });
    expect(await one(figureCheck())).toMatchObject({ outcome: 'fail', detail: expect.stringContaining('no such index') });
    const late = () => {
      throw new UserCodeTimeoutError('late');
    };
    expect((await (await world({ figure: late })).one(figureCheck())).outcome).toBe('insufficient');
  });
});

describe('a data check', () => {
  const cities = Array.from({ length: 1200 }, (_, id) => ({ id: `c${id}`, name: `City ${id}` }));
  const lower: Transform = (record) => ({ ...record, name: String(record['name']).toLowerCase() });
  const dataCheck = (over: object = {}) => ({ type: 'data', from: 'old-cities', to: 'new-cities', transform: 'lower', ...over });

  const filled = async (change: (made: Record<string, Value>[]) => Record<string, Value>[]) => {
    const made = await world({ transform: lower });
    made.tables.create('old-cities', ['id'], cities);
    made.tables.create(
      'new-cities',
      ['id'],
      change(cities.map((city) => ({ ...lower(city) }) as Record<string, Value>)) as never,
    );
    return made;
  };

  it('passes where every record is as the transform makes it', async () => {
    const { one } = await filled((made) => made);
    expect(await one(dataCheck())).toMatchObject({ value: 0, sample: 1200, outcome: 'pass' });
  });
  it('counts what is missing and what is another', async () => {
    const { one } = await filled((made) =>
      made.slice(3).map((record) => (record['id'] === 'c7' ? { ...record, extra: 1 } : record)),
    );
    const result = await one(dataCheck({ limit: '0.1%' }));
    expect(result).toMatchObject({ value: 4 / 1200, limit: 0.001, outcome: 'fail' });
    expect(result.detail).toContain('4 of 1200 records differ');
    expect((await one(dataCheck({ limit: '1%' }))).outcome).toBe('pass');
  });
  it('counts a record whose transform throws, and needs none where the transform drops it', async () => {
    const picky: Transform = (record) => {
      if (record['id'] === 'c1') throw new Error('no country');
      return record['id'] === 'c2' ? [] : [lower(record) as never];
    };
    const made = await world({ transform: picky });
    made.tables.create('old-cities', ['id'], cities.slice(0, 4));
    made.tables.create(
      'new-cities',
      ['id'],
      [0, 3].map((at) => lower(cities[at] as never) as never),
    );
    const result = await made.one(dataCheck());
    expect(result).toMatchObject({ value: 0.25, sample: 4 });
    expect(result.detail).toContain('no country');
  });
  it('does not pass on an empty table', async () => {
    const made = await world();
    made.tables.create('old-cities', ['id']);
    made.tables.create('new-cities', ['id']);
    expect((await made.one(dataCheck())).outcome).toBe('insufficient');
  });
  it('fails where a table is not there', async () => {
    expect(await (await world()).one(dataCheck())).toMatchObject({ outcome: 'fail', detail: 'There is no table new-cities' });
  });
  it('goes on from slice to slice with the same result', async () => {
    const { deps, context } = await filled((made) => made.slice(10));
    const checks = [check.parse({ name: 'one', ...dataCheck() })];
    let slices = 0;
    let outcome = await runChecks(deps, checks, context, deps.clock.now());
    for (; outcome.outcome === 'more' && slices < 10; slices += 1) {
      outcome = await runChecks(deps, checks, context, deps.clock.now(), JSON.parse(JSON.stringify(outcome.carry)));
    }
    expect(slices).toBe(2);
    expect(outcome).toMatchObject({ outcome: 'done', passed: false, results: [{ value: 10 / 1200, sample: 1200 }] });
  });
  it('runs out of the time of a check, slices together', async () => {
    const { deps, context } = await filled((made) => made);
    const checks = [check.parse({ name: 'one', ...dataCheck() })];
    const first = await runChecks(deps, checks, context, deps.clock.now());
    if (first.outcome !== 'more') throw new Error('it was done in one slice');
    await deps.clock.advanceTo(deps.clock.now() + 120_000);
    const outcome = await runChecks(deps, checks, context, deps.clock.now() + 60_000, first.carry);
    expect(outcome).toMatchObject({ passed: false, results: [{ outcome: 'insufficient' }] });
  });
});

describe('an API check', () => {
  const requests = ['/a', '/b', '/c', '/d'].map((path) => ({ path }));
  const apiCheck = (over: object = {}) => ({
    type: 'api',
    old: 'http://old.test/v1/',
    new: 'http://new.test',
    requests,
    ...over,
  });

  it('sends every example to both and passes where they answer alike', async () => {
    const { one, sent } = await world({ answer: (_, at) => ({ body: `{"meta":{"id":${at}},"ok":true}` }) });
    expect(await one(apiCheck({ ignore: ['meta.id'] }))).toMatchObject({ value: 0, sample: 4, outcome: 'pass' });
    expect(sent.slice(0, 2).map(({ url }) => url)).toEqual(['http://old.test/v1/a', 'http://new.test/a']);
  });
  it('counts answers that differ in status or body', async () => {
    const { one } = await world({
      answer: ({ url }) =>
        url === 'http://new.test/b' ? { status: 500 } : url === 'http://new.test/c' ? { body: '{"a":1}' } : {},
    });
    const result = await one(apiCheck({ limit: '25%' }));
    expect(result).toMatchObject({ value: 0.5, limit: 0.25, outcome: 'fail' });
    expect(result.detail).toContain('GET /b: status 200 became 500');
  });
  it('does not pass where the old service gave no answer to compare with', async () => {
    const { one } = await world({
      answer: ({ url }) => {
        if (url.startsWith('http://old.test')) throw new Error('away');
        return {};
      },
    });
    expect(await one(apiCheck({ limit: '100%' }))).toMatchObject({ sample: 0, outcome: 'insufficient' });
  });
});

describe('a health check', () => {
  const health = (over: object = {}) => ({ type: 'health', url: 'http://new.test/health', ...over });

  it('asks as often as it says, and nothing twice', async () => {
    const { one, sent } = await world();
    expect(await one(health({ requests: 5 }))).toMatchObject({ value: 0, limit: 0, sample: 5, outcome: 'pass', detail: '' });
    expect(sent).toHaveLength(5);
    expect(sent.every(({ once, method }) => once === true && method === 'GET')).toBe(true);
  });

  it('counts whatever is not answered by 2xx', async () => {
    const answer: Answer = (_, at) => {
      if (at === 1) throw new Error('refused');
      return { status: [204, 0, 302, 503][at] ?? 200 };
    };
    const detail = '3 of 6 requests failed, the last one: status 503';
    expect(await (await world({ answer })).one(health({ requests: 6 }))).toMatchObject({ value: 0.5, outcome: 'fail', detail });
    expect(await (await world({ answer })).one(health({ requests: 6, limit: '50%' }))).toMatchObject({ outcome: 'pass' });
  });

  it('goes on in the next slice where it left off', async () => {
    const { deps, context, sent } = await world();
    const checks = [check.parse({ name: 'one', ...health({ requests: 4 }) })];
    const slice = (carry?: Value) => runChecks(deps, checks, context, deps.clock.now() + 5000, carry);
    let outcome = await slice();
    let slices = 1;
    for (; outcome.outcome === 'more'; slices += 1) outcome = await slice(outcome.carry);
    expect([slices, sent.length, outcome.passed]).toEqual([4, 4, true]);
  });
});

describe('a performance check', () => {
  const perf = (over: object = {}) => ({ type: 'performance', url: 'http://new.test/', requests: 40, limit: '10%', ...over });

  it('stores the first p95 as the baseline and compares later ones with it', async () => {
    let slow = 1;
    const { one, deps } = await world({ answer: (_, at) => ({ durationMs: (1 + (at % 40)) * slow }) });
    expect(await one(perf())).toMatchObject({ value: 38, sample: 40, outcome: 'pass', detail: 'stored 38 ms as the baseline' });
    expect(await deps.store.read(baselineKey('local', 'cities', 'one'))).toMatchObject({ p95: 38, sample: 40 });
    slow = 1.05;
    expect((await one(perf())).outcome).toBe('pass');
    slow = 1.2;
    const late = await one(perf());
    expect(late).toMatchObject({ value: 45.6, outcome: 'fail' });
    expect(late.limit).toBeCloseTo(41.8);
  });
  it('counts failed requests as infinitely slow and keeps no baseline of them', async () => {
    const { one, deps } = await world({ answer: (_, at) => ({ status: at % 10 === 0 ? 503 : 200 }) });
    expect(await one(perf())).toMatchObject({
      value: null,
      outcome: 'fail',
      detail: expect.stringContaining('4 of 40 requests failed'),
    });
    expect(await deps.store.read(baselineKey('local', 'cities', 'one'))).toBeUndefined();
  });
  it('keeps no baseline of too small a sample', async () => {
    const { one, deps } = await world();
    expect((await one(perf({ requests: 10 }))).outcome).toBe('insufficient');
    expect(await deps.store.read(baselineKey('local', 'cities', 'one'))).toBeUndefined();
  });
  it('goes on from slice to slice', async () => {
    const { deps, context, sent } = await world();
    const checks: Check[] = [check.parse({ name: 'one', ...perf() })];
    let outcome = await runChecks(deps, checks, context, deps.clock.now());
    for (let slices = 0; outcome.outcome === 'more' && slices < 50; slices += 1) {
      outcome = await runChecks(deps, checks, context, deps.clock.now(), outcome.carry);
    }
    expect(outcome).toMatchObject({ outcome: 'done', passed: true, results: [{ sample: 40 }] });
    expect(sent).toHaveLength(40);
  });
});

describe('runChecks', () => {
  it('runs every check, stores each with an event, and passes only where all do', async () => {
    const { deps, context, events } = await world();
    const checks = [check.parse({ name: 'low', ...figureCheck({ limit: 0 }) }), check.parse({ name: 'high', ...figureCheck() })];
    const outcome = await runChecks(deps, checks, { ...context, scope: phaseScope('one') }, deps.clock.now() + 60_000);
    expect(outcome).toMatchObject({ outcome: 'done', passed: false, results: [{ outcome: 'fail' }, { outcome: 'pass' }] });
    const recorded = events.filter(({ type }) => type === 'validationRecorded');
    expect(recorded.map(({ item, data }) => [item, data['outcome']])).toEqual([
      ['VALIDATION#phase:one#low', 'fail'],
      ['VALIDATION#phase:one#high', 'pass'],
    ]);
  });
  it('leaves a function check to the next slice where its time is short', async () => {
    const { deps, context } = await world();
    const checks = [check.parse({ name: 'a', ...figureCheck() }), check.parse({ name: 'b', ...figureCheck() })];
    const outcome = await runChecks(deps, checks, context, deps.clock.now() + 29_000);
    expect(outcome).toMatchObject({ outcome: 'more', carry: { check: 1 } });
  });
});

describe('recordValidation', () => {
  const result: CheckResult = { name: 'one', type: 'data', value: 0, limit: 0, is: '<=', sample: 3, outcome: 'pass', detail: '' };

  it('lets a later epoch record again and refuses the one before', async () => {
    const { deps, context } = await world();
    await recordValidation(deps, context, { ...result, outcome: 'fail' });
    const later = { ...context, writer: { ...context.writer, epoch: 2 } };
    await recordValidation(deps, later, result);
    await expect(recordValidation(deps, context, { ...result, outcome: 'fail' })).rejects.toBeInstanceOf(SupersededError);
    expect(await readValidations(deps, context.writer.runId, 'check', ['one', 'none'])).toEqual([result]);
  });
});

describe('checks on a sample', () => {
  const cities = Array.from({ length: 1200 }, (_, id) => ({ id: `c${id}`, name: 'a city' }));
  const dataCheck = { name: 'one', type: 'data', from: 'old-cities', to: 'new-cities' };
  const perf = { name: 'fast', type: 'performance', url: 'http://new.test/', requests: 400, limit: '10%', minSample: 5 };

  const sampled = async (wanted: object, sample: number, over: { until?: number; missing?: number } = {}) => {
    const made = await world();
    made.tables.create('old-cities', ['id'], cities);
    made.tables.create('new-cities', ['id'], cities.slice(over.missing ?? 0));
    const until = over.until ?? made.deps.clock.now() + 20_000;
    const results = await sampleChecks(made.deps, [check.parse(wanted)], { ...made.context, sample }, until);
    return { ...made, result: results[0] };
  };

  it.each([1, 7, 100, 1199])('compare %i records', async (size) => {
    expect((await sampled(dataCheck, size)).result).toMatchObject({ sample: size, value: 0, outcome: 'pass' });
  });

  it('compare the whole table where it is smaller', async () => {
    expect((await sampled(dataCheck, 5000, { missing: 3 })).result).toMatchObject({
      sample: 1200,
      value: 3 / 1200,
      outcome: 'fail',
    });
  });

  it('do not judge by fewer records than the check wants', async () => {
    expect((await sampled({ ...dataCheck, minSample: 50 }, 10)).result).toMatchObject({ sample: 10, outcome: 'insufficient' });
  });

  it('say so where there was no time for it', async () => {
    const { result } = await sampled(dataCheck, 10, { until: 0 });
    expect(result).toMatchObject({ outcome: 'insufficient', detail: expect.stringContaining('smaller sample') });
  });

  it('send examples from the first to the last', async () => {
    const requests = Array.from({ length: 10 }, (_, at) => ({ path: `/${at}` }));
    const { result, sent } = await sampled(
      { name: 'one', type: 'api', old: 'http://old.test', new: 'http://new.test', requests },
      4,
    );
    expect(result).toMatchObject({ sample: 4, outcome: 'pass' });
    expect(sent.filter(({ url }) => url.startsWith('http://old')).map(({ url }) => url.at(-1))).toEqual(['0', '3', '5', '8']);
  });

  it('measure against the baseline that is there, and store none', async () => {
    const { result, sent, deps } = await sampled(perf, 10);
    expect(result).toMatchObject({ outcome: 'insufficient', detail: expect.stringContaining('no baseline') });
    expect(sent).toHaveLength(10);
    expect(await deps.store.read(baselineKey('local', 'cities', 'fast'))).toBeUndefined();

    const { deps: later, context, one } = await world();
    expect(await one({ ...perf, name: 'fast' })).toMatchObject({ outcome: 'pass' });
    const again = await sampleChecks(later, [check.parse(perf)], { ...context, sample: 10 }, later.clock.now() + 20_000);
    expect(again).toMatchObject([{ outcome: 'pass', sample: 10 }]);
  });

  it('store no result of their own', async () => {
    const { deps, context } = await sampled(dataCheck, 10);
    expect(await readValidations(deps, context.writer.runId, 'check', ['one'])).toEqual([]);
  });
});
