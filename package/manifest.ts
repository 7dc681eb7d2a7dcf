import { isBuiltin } from 'node:module';

/** What a package.json says, as far as packages differ in it. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly type: string;
  readonly sideEffects: boolean;
  readonly engines: Record<string, string>;
  readonly exports: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
  readonly peerDependenciesMeta: Record<string, { readonly optional: boolean }>;
}

/** SDKs, of which a program and the package must hold the same copy; or which few programs need. Who imports nothing that does goes without. */
const PEERS: ReadonlySet<string> = new Set([
  '@aws-sdk/credential-provider-node',
  '@openfeature/server-sdk',
  '@pulumi/aws',
  '@pulumi/pulumi',
  '@smithy/signature-v4',
]);

/** Of the programs that take it; here npm brings a Node of its own. From then on CommonJS may require ES modules. */
const NODE = '>=22.12';

/** `imported`: module specifiers of all that is packed. Throws where one is of a package that the project does not declare. */
export function manifestOf(project: Manifest, imported: Iterable<string>): Manifest {
  const { name, version, description, license, type, sideEffects } = project;
  const known = { ...project.dependencies, ...project.peerDependencies };
  const needed = [...new Set([...imported].filter((specifier) => !isBuiltin(specifier)).map(packageOf))].toSorted();
  const ranges = (of: (one: string) => boolean) =>
    Object.fromEntries(needed.filter(of).map((one) => [one, rangeOf(one, known[one])]));
  const peerDependencies = ranges((one) => PEERS.has(one));
  const optional = Object.keys(peerDependencies).map((one) => [one, { optional: true }]);
  const exports = Object.entries(project.exports).map(([path, file]) => [path, file.replace(/\.ts$/, '.js')]);
  return {
    name,
    version,
    description,
    license,
    type,
    sideEffects,
    engines: { node: NODE },
    exports: Object.fromEntries(exports),
    dependencies: ranges((one) => !PEERS.has(one)),
    peerDependencies,
    peerDependenciesMeta: Object.fromEntries(optional),
  };
}

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** Here versions are pinned; whoever installs the package may have later ones. */
function rangeOf(name: string, version: string | undefined): string {
  if (version === undefined)
    throw new Error(`${name} is imported by what is packed: add it to the dependencies of package.json.`);
  return /^\d/.test(version) ? `^${version}` : version;
}
