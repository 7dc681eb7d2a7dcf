import { describe, expect, it } from 'vitest';
import { findControlPlane } from '../../../cli/find-control-plane.ts';
import { FakeShell } from './fake-shell.ts';

const find = (shell: FakeShell, more: { url?: string; tokenFile?: string; dataDir?: string } = {}) =>
  findControlPlane({ cwd: shell.cwd, dataDir: '.', ...more });

describe('finding the control plane', () => {
  it('reads what the data directory announces', async () => {
    expect(await find(new FakeShell())).toEqual({ url: 'http://127.0.0.1:4400', token: 'a-token-for-tests', here: true });
  });

  it('takes another one with its own token', async () => {
    const shell = new FakeShell();
    const tokenFile = shell.write('other', 'other-token\n');
    expect(await find(shell, { url: 'https://slipway.example.com/', tokenFile })).toEqual({
      url: 'https://slipway.example.com',
      token: 'other-token',
      here: false,
    });
  });

  it('names slipway dev, with the directory, where nothing is announced', async () => {
    const shell = new FakeShell({ announced: false });
    await expect(find(shell, { dataDir: 'there' })).rejects.toMatchObject({
      code: 'NO_CONTROL_PLANE',
      next: 'Start one in another terminal: slipway dev --data-dir there',
    });
    shell.write('endpoint.json', '{"url": 12');
    await expect(find(shell)).rejects.toMatchObject({ code: 'NO_CONTROL_PLANE' });
  });

  it.each(['ftp://a.example', 'nonsense', 'https://me:pw@a.example', 'http://a.example'])('refuses %s', async (url) => {
    await expect(find(new FakeShell(), { url })).rejects.toMatchObject({ code: 'USAGE', exitCode: 2 });
  });

  it('refuses a file that holds no token', async () => {
    const shell = new FakeShell();
    await expect(find(shell, { tokenFile: shell.write('two', 'a b\nc') })).rejects.toMatchObject({ exitCode: 2 });
    await expect(find(shell, { tokenFile: 'absent' })).rejects.toThrow('cannot be read: ENOENT');
  });
});

describe('on AWS', () => {
  const gateway = 'https://abc123.execute-api.eu-central-1.amazonaws.com/';

  it('signs for the region of an API Gateway, and needs no token', async () => {
    const shell = new FakeShell();
    expect(await find(shell, { url: gateway })).toEqual({ url: gateway.slice(0, -1), here: false, signFor: 'eu-central-1' });
  });

  it('takes a token where one is named', async () => {
    const shell = new FakeShell();
    expect(await find(shell, { url: gateway, tokenFile: shell.write('other', 'other-token\n') })).toHaveProperty(
      'token',
      'other-token',
    );
  });
});
