import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimDemoDirectory } from '../../../../cli/demo/demo-directory.ts';
import { FakeShell } from '../fake-shell.ts';

const empty = () => new FakeShell({ announced: false });

describe('the directory of a demo', () => {
  it('is made where it is absent or empty', async () => {
    const { cwd } = empty();
    await claimDemoDirectory(cwd);
    await claimDemoDirectory(join(cwd, 'deep/er'));
    expect(await readdir(join(cwd, 'deep/er'))).toEqual(['slipway-demo.json']);
  });

  it('takes the place of an earlier demo', async () => {
    const shell = empty();
    await claimDemoDirectory(shell.cwd);
    shell.write('left-over', 'x');
    await claimDemoDirectory(shell.cwd);
    expect(await readdir(shell.cwd)).toEqual(['slipway-demo.json']);
  });

  it('leaves the files of others alone', async () => {
    const shell = empty();
    shell.write('thesis.txt', 'all of it');
    await expect(claimDemoDirectory(shell.cwd)).rejects.toMatchObject({ exitCode: 2 });
    await expect(claimDemoDirectory(join(shell.cwd, 'thesis.txt'))).rejects.toThrow('ENOTDIR');
    expect(await readdir(shell.cwd)).toEqual(['thesis.txt']);
  });

  it('is not taken from a demo that runs', async () => {
    const shell = empty();
    shell.write('slipway-demo.json', JSON.stringify({ pid: process.ppid }));
    await expect(claimDemoDirectory(shell.cwd)).rejects.toThrow(`process ${process.ppid}`);
  });
});
