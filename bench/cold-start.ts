import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';
import type { FunctionSpec } from '../functions/catalog/function-spec.ts';
import { functions } from '../functions/catalog.ts';
import { rotators } from '../functions/rotators.ts';
import { bundle, bundleFunction, bundleRotator, callsOf } from '../infra/bundle.ts';
import { coldStartTable, MB, type Measured, medianOf, ratioOf, spread } from './cold-start-table.ts';
import { median, type Row, round } from './row.ts';
import type { Start } from './start-module.ts';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const run = promisify(execFile);
const PAGE = new URL('../docs/benchmarks/cold-start.md', import.meta.url);

/** What Lambda puts into the environment, as far as either side looks at it. */
const LAMBDA = {
  AWS_LAMBDA_FUNCTION_NAME: 'cold-start',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'a',
  AWS_SECRET_ACCESS_KEY: 'b',
  _X_AMZN_TRACE_ID: 'Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=1',
  SLIPWAY_ENVIRONMENT: 'bench',
  SLIPWAY_TABLE: 'control',
  SLIPWAY_BUCKET: 'artefacts',
  SLIPWAY_BUS: 'events',
  SLIPWAY_MACHINE_REVOKE: 'arn:aws:states:us-east-1:000000000000:stateMachine:revoke',
  SLIPWAY_SYSTEM: 'redis',
};

interface Pair {
  readonly name: string;
  /** Files. */
  readonly ours: string;
  readonly theirs: string;
}

/**
 * Each function's bundle, started in fresh processes, against a handler as in the quick start of Powertools for AWS Lambda: its
 * logger, tracer, metrics, middy and parser around the same clients (and YAML where plans are read), bundled alike, with nothing of
 * the work that ours does. They take turns, so that both see the same machine.
 */
export async function coldStart({ rounds = 5 }: { rounds?: number } = {}): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-cold-start-'));
  try {
    const pairs: Pair[] = [];
    // As JavaScript: what Node needs to read TypeScript is not part of a start.
    await bundle(here('start-module.ts'), join(folder, 'starter'));
    const starter = join(folder, 'starter', 'index.mjs');
    for (const spec of functions) pairs.push(await bundled(spec, folder));
    for (const rotator of rotators) pairs.push(await bundledRotator(rotator, folder));
    const measured: Measured[] = [];
    for (const pair of pairs) measured.push(await measure(starter, pair, rounds));
    const summarised = summary(measured);
    const machine = { loads: loadavg().map((load) => load.toFixed(1)), cpus: availableParallelism() };
    await writeFile(PAGE, coldStartTable(measured, rounds, machine));
    return [...measured.flatMap(rowsOf), ...summarised];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function bundled(spec: FunctionSpec, folder: string): Promise<Pair> {
  const { metafile } = await bundleFunction(spec, join(folder, spec.name));
  const theirs = join(folder, `${spec.name}-powertools`);
  const takesPlans = loadedBy(metafile).some((file) => file.includes('node_modules/yaml/'));
  const peer = takesPlans ? 'plan' : spec.route === undefined ? 'machine' : 'api';
  await bundle(here(`powertools/${peer}-handler.ts`), theirs, callsOf(spec));
  return { name: spec.name, ours: join(folder, spec.name, 'index.mjs'), theirs: join(theirs, 'index.mjs') };
}

const DRIVERS: { readonly [rotator: string]: string } = {
  'rotate-postgresql': 'pg',
  'rotate-mysql': 'mysql2/promise',
  'rotate-redis': 'ioredis',
  'rotate-ssh-key': 'ssh2',
};
const CALLED = ['dynamodb:GetItem', 'events:PutEvents', 'states:StartExecution', 'secretsmanager:GetSecretValue'];

/** What rotates a secret, against a handler with the same clients and the same driver. */
async function bundledRotator(rotator: string, folder: string): Promise<Pair> {
  await bundleRotator(rotator, join(folder, rotator));
  const theirs = join(folder, `${rotator}-powertools`);
  const entry = join(folder, `${rotator}.ts`);
  const driver = DRIVERS[rotator];
  const imports = driver === undefined ? [] : [fileURLToPath(import.meta.resolve(driver))];
  const lines = [
    ...imports.map((file) => `import '${file}';`),
    `export { handler } from '${here('powertools/machine-handler.ts')}';`,
  ];
  await writeFile(entry, lines.join('\n'));
  const everything = driver === undefined ? [...CALLED, 'lambda:InvokeFunction'] : CALLED;
  await bundle(entry, theirs, callsOf({ permissions: { everything } }));
  return { name: rotator, ours: join(folder, rotator, 'index.mjs'), theirs: join(theirs, 'index.mjs') };
}

/** The files that a bundle reads at its start: what is imported later is not among them. */
function loadedBy({ outputs }: Metafile): string[] {
  const loaded = new Set(Object.keys(outputs).filter((file) => file.endsWith('/index.mjs')));
  for (const file of loaded) {
    for (const { path, kind } of outputs[file]?.imports ?? [])
      if (kind === 'import-statement' && path in outputs) loaded.add(path);
  }
  return [...loaded].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
}

async function measure(starter: string, { name, ours, theirs }: Pair, rounds: number): Promise<Measured> {
  const start = (file: string) => startOf(starter, file);
  const starts = { ours: [] as Start[], theirs: [] as Start[] };
  // Once for nothing: the files come into the machine's cache.
  await Promise.all([start(ours), start(theirs)]);
  for (let turn = 0; turn < rounds; turn += 1) {
    const mine = async () => starts.ours.push(await start(ours));
    const other = async () => starts.theirs.push(await start(theirs));
    for (const next of turn % 2 === 0 ? [mine, other] : [other, mine]) await next();
  }
  return { name, ...starts };
}

async function startOf(starter: string, file: string): Promise<Start> {
  const { stdout } = await run(process.execPath, [starter, pathToFileURL(file).href], { env: LAMBDA });
  return JSON.parse(stdout) as Start;
}

/** Of one function: the time, the memory, and both against the other side. */
function rowsOf(measured: Measured): Row[] {
  const { name, ours, theirs } = measured;
  const against = (part: keyof Start, title: string): Row => {
    const ratio = ratioOf(measured, part);
    return { name: `${name}: ${title} against Powertools`, value: round(ratio, 3), unit: 'ratio', goal: '<= 1', met: ratio <= 1 };
  };
  const figure = (title: string, value: number, unit: string): Row => ({
    name: `${name}: ${title}`,
    value: round(value, 1),
    unit,
    goal: null,
    met: null,
  });
  return [
    figure('import to ready', medianOf(ours, 'ms'), 'ms'),
    figure('import to ready, spread', spread(ours), 'ms'),
    figure('Powertools, import to ready', medianOf(theirs, 'ms'), 'ms'),
    figure('Powertools, spread', spread(theirs), 'ms'),
    against('ms', 'import to ready'),
    figure('resident memory', medianOf(ours, 'rss') / MB, 'MB'),
    against('rss', 'resident memory'),
    figure('heap', medianOf(ours, 'heap') / MB, 'MB'),
    against('heap', 'heap'),
  ];
}

/** Over all functions. */
function summary(measured: readonly Measured[]): Row[] {
  return (['ms', 'rss', 'heap'] as const).map((part) => {
    const ratios = measured.map((one) => ratioOf(one, part));
    const title = { ms: 'import to ready', rss: 'resident memory', heap: 'heap' }[part];
    const value = round(median(ratios), 3);
    return { name: `all functions: ${title} against Powertools, median`, value, unit: 'ratio', goal: '<= 1', met: value <= 1 };
  });
}
