import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { functions } from '../functions/catalog.ts';
import { bundleFolder } from './program.ts';

/** CommonJS dependencies inside an ES module call `require` for Node's own modules. */
const BANNER = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Bundles one function's entry, with all that it imports, into one ES module. */
export async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: 'linked',
    charset: 'utf8',
    banner: { js: BANNER },
    logLevel: 'silent',
  });
}

/** Builds dist/functions/<name>/index.mjs for every function of the catalog. */
export async function bundleFunctions(): Promise<void> {
  const entry = (name: string) => fileURLToPath(new URL(`../functions/${name}/index.ts`, import.meta.url));
  await Promise.all(functions.map(({ name }) => bundle(entry(name), `${bundleFolder(name)}/index.mjs`)));
}
