import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';

const RUN = fileURLToPath(new URL('../../.ci/run', import.meta.url));

let tools: string;
const folders: string[] = [];

/** What the script finds on the PATH before anything else. */
const put = async (name: string, body: string) => {
  await writeFile(join(tools, name), `#!/bin/sh\n${body}\n`);
  await chmod(join(tools, name), 0o755);
};

beforeEach(async () => {
  tools = await mkdtemp(join(tmpdir(), 'slipway-ci-'));
  folders.push(tools);
  await put('apt-get', `echo "$(cat "${tools}/as" 2> /dev/null || echo nobody) $*" >> "${tools}/asked"`);
  // No virtual environment is made, and the tests themselves end before they begin.
  await put('python3', 'exit 1');
  await put('npm', 'exit 7');
});

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function run() {
  const child = spawn('bash', [RUN], { env: { PATH: `${tools}:${process.env['PATH']}` } });
  const [out, , [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  const asked = await readFile(join(tools, 'asked'), 'utf8').catch(() => '');
  return { code, out, asked };
}

describe('.ci/run', () => {
  it('installs the peers as root where it is root', async () => {
    await put('id', 'echo 0');
    const { code, asked } = await run();
    expect(code).toBe(7);
    expect(asked).toMatch(/install .*postgresql mariadb-server redis-server openssh-server/);
    expect(asked).toMatch(/install .*python3-venv/);
  });

  it('becomes root for it where it may, as on the machines of GitHub', async () => {
    await put('id', 'echo 1001');
    await put('sudo', `echo root > "${tools}/as"; shift; exec "$@"`);
    const { asked } = await run();
    expect(asked).toMatch(/^root install .*mariadb-server/m);
    expect(asked).not.toContain('nobody');
  });

  it('says what is missing where it may not', async () => {
    await put('id', 'echo 1001');
    await put('sudo', 'exit 1');
    const { code, out, asked } = await run();
    expect(asked).toBe('');
    expect(out).toContain('missing: this user cannot install PostgreSQL, MariaDB, Redis and OpenSSH');
    expect(code).toBe(7);
  });
});
