import { expect, it } from 'vitest';
import { create as getFlag } from '../../../../functions/get-flag/index.ts';
import { create as keepRun } from '../../../../functions/keep-run/index.ts';
import { runBed } from '../../shared/run/run-bed.ts';
import { ask, ON_OFF, put } from '../api-bed.ts';
import { memoryDeps } from '../memory-deps.ts';

it.each([
  ['if-match', '"1.aaaaaaaaaaaaaaaaaaaaaa"'],
  ['if-match', '*'],
  ['if-none-match', '*'],
])('a condition that a change cannot be held to is refused, and nothing is changed: %s %s', async (name, tag) => {
  const bed = runBed();
  const deps = memoryDeps(bed.deps);
  const { id } = await bed.admitted();
  const body = { until: 1_824_905_600_000 };
  const call = { path: { runId: id }, body };
  expect(await ask(keepRun, deps, { ...call, headers: { [name]: tag } })).toMatchObject({
    status: 422,
    body: { code: 'INVALID', problems: [{ code: 'NO_REVISIONS', path: [name] }] },
  });
  expect(await bed.run(id)).not.toHaveProperty('keptUntil');
  expect(await ask(keepRun, deps, call)).toMatchObject({ status: 200, body: { run: { keptUntil: body.until } } });
});

it('what only reads takes the tag of an answer', async () => {
  const deps = memoryDeps();
  await put(deps, 'search', ON_OFF, { environment: 'staging' });
  const query = { environment: 'staging' };
  const { headers } = await ask(getFlag, deps, { path: { key: 'search' }, query });
  const again = { path: { key: 'search' }, query, headers: { 'if-none-match': headers['etag'] ?? '', 'if-match': '*' } };
  expect((await ask(getFlag, deps, again)).status).toBe(304);
});
