import { isAscii } from 'node:buffer';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functions } from '../../functions/catalog.ts';
import { rotators } from '../../functions/rotators.ts';
import { bundle, bundleFunction, bundleRotator, CLIENTS } from '../../infra/bundle.ts';

const run = promisify(execFile);
const entry = fileURLToPath(new URL('./fixtures/bundled/index.ts', import.meta.url));
let folder: string;

beforeAll(async () => {
  // Away from the repository, so that nothing can be found in its node_modules.
  folder = await mkdtemp(join(tmpdir(), 'slipway-bundle-'));
});

afterAll(() => rm(folder, { recursive: true }));

describe('bundle', () => {
  it('makes modules that run by themselves, each with its map, with errors that keep their names', async () => {
    const own = join(folder, 'own');
    await bundle(entry, own);
    const [modules, maps] = ['.mjs', '.mjs.map'].map(async (end) => (await readdir(own)).filter((file) => file.endsWith(end)));
    expect(await modules).toContain('index.mjs');
    expect(await maps).toEqual((await modules)?.map((file) => `${file}.map`));
    const { handler } = await import(/* @vite-ignore */ pathToFileURL(join(own, 'index.mjs')).href);
    expect(await handler({ sum: [1, 2, 3] })).toEqual({
      total: 6,
      item: { pk: { S: 'é' } },
      error: 'StoreThrottledError',
      reads: 'function',
    });
  });

  it('fails on an entry that is not there, and names it', async () => {
    await expect(bundle(join(folder, 'nowhere.ts'), join(folder, 'out'))).rejects.toThrow(/nowhere\.ts/);
  });
});

/**
 * Loads a bundle as Lambda does, in a process of its own: without this repository, and with no more than its environment. Thereafter
 * what it would load with its calls.
 */
const startAlone = async (bundled: string): Promise<unknown> => {
  const urls = (await readdir(bundled)).flatMap((file) => (file.endsWith('.mjs') ? pathToFileURL(join(bundled, file)).href : []));
  const script = `const { handler } = await import(${JSON.stringify(urls.find((url) => url.endsWith('/index.mjs')))});
    await new Promise((resolve) => setImmediate(resolve));
    for (const url of ${JSON.stringify(urls)}) await import(url);
    console.log(JSON.stringify({ handler: typeof handler }));`;
  const env = {
    AWS_LAMBDA_FUNCTION_NAME: 'alone',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    SLIPWAY_ENVIRONMENT: 'test',
    SLIPWAY_TABLE: 'control',
    SLIPWAY_BUCKET: 'artefacts',
    SLIPWAY_BUS: 'events',
    SLIPWAY_MACHINE_REVOKE: 'arn:aws:states:eu-central-1:000000000000:stateMachine:revoke',
    SLIPWAY_SYSTEM: 'redis',
  };
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], { env, cwd: folder });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
};

const MOST_BYTES = 1_000_000;

/** All modules of a bundle together. */
function wholeOf({ outputs }: Pick<Metafile, 'outputs'>) {
  const modules = Object.entries(outputs).flatMap(([file, output]) => (file.endsWith('.mjs') ? output : []));
  return {
    bytes: modules.reduce((sum, output) => sum + output.bytes, 0),
    inputs: Object.fromEntries(modules.flatMap((output) => Object.entries(output.inputs))),
    imported: modules.flatMap(({ imports }) => imports.flatMap(({ path, kind }) => (kind === 'import-statement' ? path : []))),
  };
}

/** The packages of which anything is left in a bundle. */
const packagesIn = (inputs: { readonly [file: string]: { readonly bytesInOutput: number } }): string[] => {
  const kept = Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []));
  return [...new Set(kept.flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []))];
};

describe.each(functions)('the bundle of $name', (spec) => {
  let { bytes, inputs, imported } = wholeOf({ outputs: {} });

  beforeAll(async () => {
    const { metafile } = await bundleFunction(spec, join(folder, spec.name));
    ({ bytes, inputs, imported } = wholeOf(metafile));
  });

  it('is smaller than 1 MB', () => {
    expect(bytes).toBeLessThan(MOST_BYTES);
  });

  it('holds the clients that its permissions need, and no others', () => {
    const services = new Set(
      Object.values(spec.permissions)
        .flat()
        // No call of its own: it is asked of whoever hands a role on.
        .filter((action) => action !== 'iam:PassRole')
        .map((action) => action.slice(0, action.indexOf(':'))),
    );
    const needed = Object.entries(CLIENTS).flatMap(([service, client]) => (services.has(service) ? [client] : []));
    const held = packagesIn(inputs).filter((name) => name.startsWith('@aws-sdk/client-'));
    expect(held.toSorted()).toEqual(needed.toSorted());
    expect([...services].filter((service) => !(service in CLIENTS))).toEqual([]);
  });

  it('leaves out what Lambda never uses: other credentials than its own, translations', () => {
    const odd = packagesIn(inputs).filter((name) => /credential-provider-(?!env$)|nested-clients|token-providers/.test(name));
    expect(odd).toEqual([]);
    const locales = Object.entries(inputs).flatMap(([file, { bytesInOutput }]) =>
      bytesInOutput > 0 ? (/zod\/v4\/locales\/(.+)\.js$/.exec(file)?.[1] ?? []) : [],
    );
    expect(locales.filter((locale) => locale !== 'index')).toEqual(['en']);
  });

  it('starts without what is slow to load: its text is kept in one byte a character, and Node loads no fetch of its own', async () => {
    for (const file of await readdir(join(folder, spec.name)))
      if (file.endsWith('.mjs')) expect(isAscii(await readFile(join(folder, spec.name, file)))).toBe(true);
    expect(imported).toContain('node:https');
    expect(imported).not.toContain('node:http');
  });

  // Each costs a process: the one with every client, and the one with all kinds of components.
  it.runIf(['start-run', 'verify-component'].includes(spec.name))('starts with its environment and nothing else', async () => {
    expect(await startAlone(join(folder, spec.name))).toEqual({ handler: 'function' });
  });
});

const DRIVERS = ['pg', 'mysql2', 'ioredis', 'ssh2'];

describe.each([
  ['rotate-postgresql', ['pg']],
  ['rotate-mysql', ['mysql2']],
  ['rotate-redis', ['ioredis']],
  ['rotate-ssh-key', ['ssh2']],
  ['rotate-two-keys', []],
])('the bundle of %s', (rotator, drivers) => {
  it('is one that a RotatedSecret may name, smaller than 1 MB, holds its driver alone, and starts', async () => {
    expect(rotators).toContain(rotator);
    const { metafile } = await bundleRotator(rotator, join(folder, rotator));
    const { bytes, inputs } = wholeOf(metafile);
    expect(bytes).toBeLessThan(MOST_BYTES);
    const held = packagesIn(inputs);
    expect(held.filter((name) => DRIVERS.includes(name))).toEqual(drivers);
    expect(held.filter((name) => /iconv-lite|client-(s3|cloudwatch|sns|scheduler)/.test(name))).toEqual([]);
    expect(held.includes('@aws-sdk/client-lambda')).toBe(rotator === 'rotate-two-keys');
    expect(await startAlone(join(folder, rotator))).toEqual({ handler: 'function' });
  });
});
