import { execFile } from 'node:child_process';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { type Manifest, manifestOf } from './manifest.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = join(root, 'node_modules/typescript/bin/tsc');

/** Not in package.json itself: Pulumi's launcher would take what stands there at `.` for the program that it is to run. */
const MAIN = { '.': './plans/index.ts' };

/**
 * Fills a folder with what other people's programs install: JavaScript and declarations of all that is exported, since Node strips
 * no types inside node_modules. `npm pack` makes one file of it.
 */
export async function buildPackage(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await compile(folder);
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;
  const project = { ...manifest, exports: { ...MAIN, ...manifest.exports } };
  const entries = Object.values(project.exports).filter((file) => file.endsWith('.ts'));
  const imported = await importsOf(entries.map((file) => join(folder, file.replace(/\.ts$/, '.js'))));
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifestOf(project, imported), null, 2)}\n`);
  await cp(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  await cp(join(root, 'docs/package.md'), join(folder, 'README.md'));
  const machines = await readdir(join(root, 'statemachines'));
  for (const file of machines.filter((one) => one.endsWith('.asl.json')))
    await cp(join(root, 'statemachines', file), join(folder, 'statemachines', file));
}

async function compile(folder: string): Promise<void> {
  const words = [compiler, '-p', join(root, 'package/tsconfig.json'), '--outDir', folder];
  await promisify(execFile)(process.execPath, words).catch((cause: { readonly stdout: string }) => {
    throw new Error(`The package does not compile:\n${cause.stdout}`, { cause });
  });
}

/** Everything that these modules, and those that they import, take from elsewhere. */
async function importsOf(entryPoints: readonly string[]): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: [...entryPoints],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir: 'nowhere',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  return Object.values(metafile.inputs).flatMap(({ imports }) =>
    imports.flatMap(({ path, external }) => (external ? [path] : [])),
  );
}
