import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** What a command prints where this is the user's directory for caches. */
async function help(cache: string) {
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  return await promisify(execFile)(process.execPath, [MAIN, '--help'], { env: { ...env, XDG_CACHE_HOME: cache } });
}

async function ownFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-cache-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

it('keeps its compiled modules among the user’s caches', async () => {
  const cache = await ownFolder();
  const first = await help(cache);
  const [version = ''] = await readdir(join(cache, 'slipway', 'compiled'));
  expect((await readdir(join(cache, 'slipway', 'compiled', version))).length).toBeGreaterThan(100);
  expect(await help(cache)).toEqual(first);
});

it('works, and says nothing of it, where there can be no cache', async () => {
  const file = join(await ownFolder(), 'file');
  await writeFile(file, '');
  const { stdout, stderr } = await help(file);
  expect(stdout).toContain('Usage: slipway');
  expect(stderr).toBe('');
});
