import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Workplace } from './cli-process.ts';

const PASSPHRASE = 'a long enough passphrase';

describe('the vault from the command line', { timeout: 60_000 }, () => {
  let place: Workplace;
  beforeEach(async () => {
    place = await Workplace.open();
    expect(await place.give(`${PASSPHRASE}\n`, 'vault', 'init')).toMatchObject({ code: 0, stderr: '' });
  });
  afterEach(async () => {
    await place.run('vault', 'lock');
    await place.close();
  });

  const path = (name: string) => join(place.cwd, '.slipway', name);
  const unlock = () => place.give(PASSPHRASE, 'vault', 'unlock');

  it('keeps what it is given, while it is unlocked, and tells who asked', async () => {
    const locked = await place.run('vault', 'get', 'db');
    expect(locked).toMatchObject({ code: 1, stdout: '' });
    expect(locked.stderr).toContain('slipway vault unlock');
    expect(await unlock()).toMatchObject({ code: 0 });
    expect((await stat(path('vault.sock'))).mode & 0o777).toBe(0o600);
    expect(await place.give('hunter2\n', 'vault', 'put', 'db', '--stdin')).toMatchObject({ code: 0, stderr: '' });
    expect((await place.run('vault', 'get', 'db')).stdout).toBe('hunter2');
    await place.give('hunter3\n', 'vault', 'put', 'db', '--stdin');
    expect((await place.run('vault', 'get', 'db', '--stage', 'AWSPREVIOUS')).stdout).toBe('hunter2');
    expect((await place.run('vault', 'list')).stdout).toContain('db  AWSCURRENT, AWSPREVIOUS');
    expect(await place.run('vault', 'lock')).toMatchObject({ code: 0, stdout: 'The vault is locked.\n' });
    expect((await place.run('vault', 'get', 'db')).code).toBe(1);

    const audit = await place.run('vault', 'audit', '--json');
    const { accesses } = JSON.parse(audit.stdout) as { accesses: { action: string; secret?: string; outcome: string }[] };
    expect(accesses.map(({ action, secret = '' }) => `${action} ${secret}`.trim())).toEqual([
      'unlock',
      'put db',
      'get db',
      'put db',
      'get db',
      'list',
      'lock',
    ]);
    for (const file of ['vault.json', 'vault-audit.jsonl']) {
      expect(await readFile(path(file), 'utf8')).not.toMatch(/hunter|passphrase/);
      expect((await stat(path(file))).mode & 0o777).toBe(0o600);
    }
  });

  it('says where the audit or an entry was changed, and opens the other entries', async () => {
    await unlock();
    await place.give('one', 'vault', 'put', 'first', '--stdin');
    await place.give('two', 'vault', 'put', 'second', '--stdin');
    await place.run('vault', 'lock');
    const file = JSON.parse(await readFile(path('vault.json'), 'utf8')) as { entries: Record<string, { data: string }> };
    const [id = ''] = Object.keys(file.entries);
    const entry = file.entries[id];
    if (entry) entry.data = Buffer.from(entry.data, 'base64').reverse().toString('base64');
    await writeFile(path('vault.json'), JSON.stringify(file));
    await writeFile(path('vault-audit.jsonl'), (await readFile(path('vault-audit.jsonl'), 'utf8')).replace('"given"', '"never"'));
    expect((await unlock()).stdout).toContain('1 entries are damaged');
    const listed = await place.run('vault', 'list');
    expect(listed.code).toBe(1);
    expect(listed.stdout).toContain('damaged');
    const values = await Promise.all(['first', 'second'].map(async (name) => (await place.run('vault', 'get', name)).stdout));
    expect(values.filter((value) => value === 'one' || value === 'two').length).toBeGreaterThanOrEqual(1);
    const audit = await place.run('vault', 'audit');
    expect(audit.code).toBe(1);
    expect(audit.stdout).toContain('not as it was written from line 1 on');
  });

  it('is unlocked again without a loss, and by one agent at a time', async () => {
    await unlock();
    await place.give('one', 'vault', 'put', 'first', '--stdin');
    expect(await unlock()).toMatchObject({ code: 0 });
    await place.give('two', 'vault', 'put', 'second', '--stdin');
    const audit = JSON.parse((await place.run('vault', 'audit', '--json')).stdout) as { accesses: { action: string }[] };
    expect(audit.accesses.map(({ action }) => action)).toEqual(['unlock', 'put', 'lock', 'unlock', 'put']);
    expect((await place.run('vault', 'list')).stdout).toMatch(/first[\s\S]*second/);
  });

  it('lets a wrong passphrase wait, and locks itself', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect((await place.give('wrong', 'vault', 'unlock')).stderr).toContain('does not open the vault');
    }
    expect(JSON.parse(await readFile(path('vault-attempts.json'), 'utf8'))).toMatchObject({ count: 5 });
    // A wait that is not over however slowly the machine derives a key: a minute.
    await writeFile(path('vault-attempts.json'), JSON.stringify({ count: 10, at: Date.now() }));
    const waits = await unlock();
    expect(waits.code).toBe(1);
    expect(waits.stderr).toMatch(/10 wrong passphrases in a row[\s\S]*Try again in \d+ s/);
    await writeFile(path('vault-attempts.json'), JSON.stringify({ count: 5, at: 0 }));
    expect(await place.give(PASSPHRASE, 'vault', 'unlock', '--for', '1s')).toMatchObject({ code: 0 });
    await expect.poll(async () => (await place.run('vault', 'status')).code, { timeout: 30_000 }).toBe(1);
  });

  it('has a new key and passphrase at once', async () => {
    await unlock();
    await place.give('one', 'vault', 'put', 'first', '--stdin');
    expect(await place.give('another passphrase\n', 'vault', 'rotate-key')).toMatchObject({ code: 0 });
    await place.run('vault', 'lock');
    expect((await unlock()).code).toBe(1);
    expect(await place.give('another passphrase', 'vault', 'unlock')).toMatchObject({ code: 0 });
    expect((await place.run('vault', 'get', 'first')).stdout).toBe('one');
  });
});
