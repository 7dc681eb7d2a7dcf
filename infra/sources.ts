import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { asset, type Input, RunError } from '@pulumi/pulumi';

/** Where the code of functions and machines comes from. */
export interface Sources {
  /** The bundle of a function of the catalog. */
  readonly code: (functionName: string) => Input<asset.Archive>;
  /** The ASL of a machine of the catalog, with its placeholders. */
  readonly definition: (machineName: string) => string;
}

const fromRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The folder of a function's bundle. */
export const bundleFolder = (functionName: string): string => fromRoot(`dist/functions/${functionName}`);

/** An archive is only a path here: nobody opens it before a real deployment. */
export const repositorySources: Sources = {
  code: (name) => new asset.FileArchive(bundleFolder(name)),
  definition: (name) => readFileSync(fromRoot(`statemachines/${name}.asl.json`), 'utf8'),
};

/** The same for a program of somebody else's, which builds nothing itself: bundles must be there. */
export const packagedSources: Sources = {
  ...repositorySources,
  code: (name) => {
    if (existsSync(`${bundleFolder(name)}/index.mjs`)) return repositorySources.code(name);
    throw new RunError(
      `There is no bundle of the function ${name} in ${bundleFolder(name)}: run "npm run bundle" in slipway's repository, or ` +
        `unpack slipway-functions.tar.gz of the same release, and say where by "code" (README.md of the package).`,
    );
  },
};
