import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../../cli/exit-codes.ts';
import { AccessTokens } from '../../../../local/access-tokens.ts';
import { FakeShell } from '../fake-shell.ts';

const DAY_MS = 24 * 3_600_000;

/** A token as the command line has made it, and its JSON. */
async function created(shell: FakeShell, ...words: string[]) {
  shell.stdout = '';
  expect(await shell.run('tokens', 'create', '--json', ...words)).toBe(EXIT.ok);
  return JSON.parse(shell.stdout) as { readonly token: string; readonly id: string; readonly expiresAt?: number };
}

describe('slipway tokens', () => {
  it('makes a token that opens what it was made for, and keeps no more than its hash, for the owner alone', async () => {
    const shell = new FakeShell();
    const made = await created(shell, '--role', 'viewer', '--environments', 'staging, test', '--for', 'dashboard');
    const tokens = new AccessTokens(shell.cwd, shell.clock);
    expect(await tokens.bearerOf(made.token)).toMatchObject({ actor: 'dashboard', roles: ['staging:viewer', 'test:viewer'] });
    const [file = ''] = await readdir(join(shell.cwd, 'tokens'));
    const path = join(shell.cwd, 'tokens', file);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).not.toContain(made.token.split('.')[1]);
  });

  it('tells the token once, and how to take it back', async () => {
    const shell = new FakeShell();
    await shell.run('tokens', 'create', '--role', 'admin', '--environments', 'all');
    const [token = ''] = shell.stdout.split('\n');
    expect(shell.stdout).toContain('may call as *:admin.');
    expect(shell.stdout).toContain(`slipway tokens revoke ${token.split('.')[0]}`);
    shell.stdout = '';
    await shell.run('tokens', 'list');
    expect(shell.stdout).toContain(token.split('.')[0]);
    expect(shell.stdout).not.toContain(token.split('.')[1]);
  });

  it('makes one that opens nothing after its time, and lists it as expired', async () => {
    const shell = new FakeShell();
    const made = await created(shell, '--role', 'operator', '--environments', 'staging', '--ttl', '1d');
    expect(made.expiresAt).toBe(shell.clock.now() + DAY_MS);
    const tokens = new AccessTokens(shell.cwd, shell.clock);
    expect(await tokens.bearerOf(made.token)).toMatchObject({ id: made.id });
    await shell.clock.sleep(DAY_MS);
    expect(await tokens.bearerOf(made.token)).toBeUndefined();
    shell.stdout = '';
    await shell.run('tokens', 'list');
    expect(shell.stdout).toMatch(/staging:operator.*expired/);
  });

  it('takes a token back, and knows no such token afterwards', async () => {
    const shell = new FakeShell();
    const { token, id } = await created(shell, '--role', 'viewer', '--environments', 'all');
    expect(await shell.run('tokens', 'revoke', id)).toBe(EXIT.ok);
    expect(await new AccessTokens(shell.cwd, shell.clock).bearerOf(token)).toBeUndefined();
    expect(await shell.run('tokens', 'revoke', id)).toBe(EXIT.configuration);
    expect(shell.stderr).toContain(`There is no token ${id}.`);
    shell.stdout = '';
    await shell.run('tokens', 'list', '--json');
    expect(JSON.parse(shell.stdout)).toEqual({ tokens: [] });
  });

  it.each([
    [['--environments', 'staging']],
    [['--role', 'viewer']],
    [['--role', 'owner', '--environments', 'staging']],
    [['--role', 'viewer', '--environments', 'Not One']],
    [['--role', 'viewer', '--environments', 'staging', '--ttl', 'soon']],
  ])('refuses %j, and makes nothing', async (words) => {
    const shell = new FakeShell();
    expect(await shell.run('tokens', 'create', ...words)).toBe(EXIT.configuration);
    expect(await new AccessTokens(shell.cwd, shell.clock).list()).toEqual([]);
  });
});

describe('slipway dev', () => {
  it.each([
    [['--jwt-issuer', 'https://login.example.org/'], 'needs --jwt-audience'],
    [['--jwt-audience', 'slipway'], 'needs --jwt-issuer'],
    [['--jwt-roles-claim', 'roles'], 'needs --jwt-issuer'],
    [['--jwt-issuer', 'http://login.example.org/', '--jwt-audience', 'slipway'], 'must be the https address'],
    [['--jwt-issuer', 'login', '--jwt-audience', 'slipway'], 'must be the https address'],
  ])('is refused with %j', async (words, why) => {
    const shell = new FakeShell();
    expect(await shell.run('dev', ...words)).toBe(EXIT.configuration);
    expect(shell.stderr).toContain(why);
  });
});
