import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../infra/bundle.ts';

const entry = fileURLToPath(new URL('./fixtures/bundled/index.ts', import.meta.url));
let folder: string;

beforeAll(async () => {
  // Away from the repository, so that nothing can be found in its node_modules.
  folder = await mkdtemp(join(tmpdir(), 'slipway-bundle-'));
});

afterAll(() => rm(folder, { recursive: true }));

describe('bundle', () => {
  it('makes one module that runs by itself, with errors that keep their names', async () => {
    await bundle(entry, join(folder, 'index.mjs'));
    expect((await readdir(folder)).toSorted()).toEqual(['index.mjs', 'index.mjs.map']);
    const { handler } = await import(/* @vite-ignore */ pathToFileURL(join(folder, 'index.mjs')).href);
    expect(await handler({ sum: [1, 2, 3] })).toEqual({
      total: 6,
      item: { pk: { S: 'é' } },
      error: 'StoreThrottledError',
      reads: 'function',
    });
  });

  it('fails on an entry that is not there, and names it', async () => {
    await expect(bundle(join(folder, 'nowhere.ts'), join(folder, 'out.mjs'))).rejects.toThrow(/nowhere\.ts/);
  });
});
