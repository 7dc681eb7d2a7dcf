import { describe, expect, it } from 'vitest';
import { readPlanFile } from '../../../cli/plan-file.ts';
import { FakeShell } from './fake-shell.ts';

describe('a plan file', () => {
  it('is sent as the text that it is, with its folder', async () => {
    const shell = new FakeShell();
    const plan = await readPlanFile(shell.write('a.yaml', 'slipway: 1\n'), shell.cwd);
    expect(plan).toEqual({
      file: 'a.yaml',
      baseDir: shell.cwd,
      document: { text: 'slipway: 1\n', file: 'a.yaml', format: 'auto' },
    });
  });

  it('may be a module that exports the plan', async () => {
    const shell = new FakeShell();
    const plan = await readPlanFile(shell.write('a.ts', 'export default { slipway: 1 as const };'), shell.cwd);
    expect(plan.document).toEqual({ value: { slipway: 1 } });
  });

  it.each([
    ['a.ts', 'export const plan = 1;', 'a.ts exports no plan'],
    ['b.ts', 'export default () => 1;', 'b.ts exports no plan'],
    ['c.mjs', 'throw new Error("no paper")', 'c.mjs cannot be loaded: no paper'],
  ])('is refused where it holds none: %s', async (file, text, told) => {
    const shell = new FakeShell();
    await expect(readPlanFile(shell.write(file, text), shell.cwd)).rejects.toMatchObject({
      message: expect.stringContaining(told),
      exitCode: 2,
    });
  });

  it('may leave out by undefined what need not be said', async () => {
    const shell = new FakeShell();
    const text = 'export default { slipway: 1, description: process.env.NOTHING_OF_THAT_NAME };';
    expect((await readPlanFile(shell.write('a.ts', text), shell.cwd)).document).toEqual({ value: { slipway: 1 } });
  });

  it('is refused with the place of what is no plain data', async () => {
    const shell = new FakeShell();
    const text = 'export default { slipway: 1, phases: [{ name: "a", after: [new Date(0)] }] };';
    await expect(readPlanFile(shell.write('a.ts', text), shell.cwd)).rejects.toMatchObject({
      code: 'PLAN_INVALID',
      exitCode: 2,
      problems: [{ code: 'WRONG_TYPE', path: ['phases', 0, 'after', 0], message: expect.stringContaining('instance of Date') }],
    });
  });

  it('is no directory', async () => {
    const shell = new FakeShell();
    await expect(readPlanFile('.', shell.cwd)).rejects.toThrow('it is a directory');
  });
});
