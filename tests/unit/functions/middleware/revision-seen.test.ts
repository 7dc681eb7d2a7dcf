import { describe, expect, it } from 'vitest';
import { create as getFlag } from '../../../../functions/get-flag/index.ts';
import { create as getLimits } from '../../../../functions/get-limits/index.ts';
import { create as putFlag } from '../../../../functions/put-flag/index.ts';
import { create as putLimits } from '../../../../functions/put-limits/index.ts';
import { DEFAULT_LIMITS } from '../../../../shared/admission/default-limits.ts';
import { ask, ON_OFF } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

const path = { key: 'one' };
const body = { flag: ON_OFF };

describe('a change with If-Match', () => {
  it('is made where what its caller saw is there still, and answers the tag of the next', async () => {
    const deps = memoryDeps();
    await ask(putFlag, deps, { path, body });
    const { etag = '' } = (await ask(getFlag, deps, { path })).headers;
    const changed = await ask(putFlag, deps, { path, body, headers: { 'if-match': etag } });
    expect(changed).toMatchObject({ status: 200, body: { rev: 2 } });
    expect(changed.headers['etag']).toBe((await ask(getFlag, deps, { path })).headers['etag']);
    expect(await ask(putFlag, deps, { path, body, headers: { 'if-match': etag } })).toMatchObject({
      status: 412,
      body: { code: 'FLAG_REVISION' },
    });
  });

  it('is made by If-None-Match where there is nothing yet, once', async () => {
    const deps = memoryDeps();
    const headers = { 'if-none-match': '*' };
    expect((await ask(putFlag, deps, { path, body, headers })).status).toBe(200);
    expect((await ask(putFlag, deps, { path, body, headers })).status).toBe(412);
  });

  it.each([
    [{ 'if-match': '"abc"' }, 412, 'PRECONDITION_FAILED'],
    [{ 'if-match': `W/"1.${'a'.repeat(22)}"` }, 412, 'PRECONDITION_FAILED'],
    [{ 'if-match': '"a,b"' }, 412, 'PRECONDITION_FAILED'],
    [{ 'if-match': '*' }, 400, 'MALFORMED'],
    [{ 'if-match': '0' }, 400, 'MALFORMED'],
    [{ 'if-match': '' }, 400, 'MALFORMED'],
    [{ 'if-match': `1.${'a'.repeat(22)}` }, 400, 'MALFORMED'],
    [{ 'if-match': '"a", "b"' }, 400, 'MALFORMED'],
    [{ 'if-none-match': '"a"' }, 400, 'MALFORMED'],
    [{ 'if-match': `"1.${'a'.repeat(22)}"`, 'if-none-match': '*' }, 400, 'MALFORMED'],
  ])('is refused with %j', async (headers, status, code) => {
    const deps = memoryDeps();
    await ask(putFlag, deps, { path, body });
    expect(await ask(putFlag, deps, { path, body, headers: headers as Record<string, string> })).toMatchObject({
      status,
      body: { code },
    });
    expect((await ask(getFlag, deps, { path })).body.rev).toBe(1);
  });

  it('is refused for what does not fit in it, before its tag is looked at', async () => {
    const call = { path, body: { flag: 'on' }, headers: { 'if-match': '"abc"' } };
    expect(await ask(putFlag, memoryDeps(), call)).toMatchObject({ status: 422, body: { code: 'INVALID' } });
  });

  it('is refused where ifRev says otherwise', async () => {
    const call = { path, body: { ...body, ifRev: 3 }, headers: { 'if-none-match': '*' } };
    expect(await ask(putFlag, memoryDeps(), call)).toMatchObject({ status: 400, body: { code: 'MALFORMED' } });
  });
});

describe('a change of limits', () => {
  it('must say which ones it is of', async () => {
    const deps = memoryDeps({ limits: DEFAULT_LIMITS });
    const change = { limits: { ...DEFAULT_LIMITS, atOnce: 3 } };
    expect(await ask(putLimits, deps, { body: change })).toMatchObject({ status: 428, body: { code: 'PRECONDITION_REQUIRED' } });
    const { etag = '' } = (await ask(getLimits, deps)).headers;
    const headers = { 'if-match': etag };
    expect(await ask(putLimits, deps, { body: change, headers })).toMatchObject({ status: 200, body: { rev: 1 } });
    expect(await ask(putLimits, deps, { body: change, headers })).toMatchObject({
      status: 412,
      body: { code: 'LIMITS_REVISION' },
    });
  });
});
