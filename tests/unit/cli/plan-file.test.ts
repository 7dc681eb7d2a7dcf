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

  it('is no directory', async () => {
    const shell = new FakeShell();
    await expect(readPlanFile('.', shell.cwd)).rejects.toThrow('it is a directory');
  });
});
