import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TaskDefinition } from '../../../../shared/plan/define-task.ts';
import { parsePlan } from '../../../../shared/plan/parse-plan.ts';
import { starterPlan } from '../../../../shared/plan/starter-plan.ts';
import type { TaskInput } from '../../../../shared/ports/user-code.ts';

const files = starterPlan({ name: 'starter', environment: 'local' });
const example = new URL('../../../../examples/starter/', import.meta.url);

describe('starterPlan', () => {
  it('is what examples/starter shows', async () => {
    for (const { path, text } of files) expect(await readFile(new URL(path, example), 'utf8')).toBe(text);
  });

  it('is a valid plan of the name and environment that were asked for', () => {
    const [plan] = starterPlan({ name: 'shop', environment: 'staging' });
    expect(parsePlan(plan?.text ?? '')).toMatchObject({ ok: true, plan: { name: 'shop', target: 'staging/shop' } });
  });
});

describe('the starter task', () => {
  let folder: string;
  let task: Required<Pick<TaskDefinition, 'forward' | 'verify' | 'undo'>>;
  const step = (runId: string): TaskInput & { signal: AbortSignal } => ({
    runId,
    component: 'notices',
    step: 0,
    item: 'search',
    input: { message: 'Soon.' },
    outputs: {},
    idempotencyKey: `${runId}/notices/0`,
    fence: 1,
    output: null,
    signal: new AbortController().signal,
  });
  const notices = async () => readdir(join(folder, 'notices')).catch(() => []);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'starter-'));
    for (const { path, text } of files) await writeFile(join(folder, path), text);
    ({ notice: task } = await import(pathToFileURL(join(folder, 'tasks.ts')).href));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('puts up its notice, may repeat that, and verifies it', async () => {
    await expect(task.verify(step('r1'))).rejects.toThrow('is not there');
    await task.forward(step('r1'));
    await task.forward(step('r1'));
    await task.verify(step('r1'));
    expect(await readFile(join(folder, 'notices', 'search.txt'), 'utf8')).toBe('search: Soon. (run r1)\n');
  });

  it('takes down its own notice only, as often as it is asked', async () => {
    await task.undo(step('r1'));
    await task.forward(step('r1'));
    await expect(task.forward(step('r2'))).rejects.toThrow('somebody else');
    await task.undo(step('r2'));
    expect(await notices()).toEqual(['search.txt']);
    await task.undo(step('r1'));
    await task.undo(step('r1'));
    expect(await notices()).toEqual([]);
  });
});
