import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { assemble, copyOf, type Instruction, instructionsOf, wordsOf } from './container-image.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFile(join(root, path), 'utf8');

let dockerfile: readonly Instruction[];
const all = (name: string) => dockerfile.filter((one) => one.name === name).map(({ text }) => text);

beforeAll(async () => {
  dockerfile = instructionsOf(await read('container/Dockerfile'));
});

interface Done {
  readonly code: number | null;
  readonly output: string;
}

/** Runs what the image would run, from the folder that stands for /app. */
function start(app: string, cwd: string, words: readonly string[]) {
  const [, ...rest] = words.map((word) => word.replace(/^\/app\//, `${app}/`));
  const child = spawn(process.execPath, rest, { cwd, env: { PATH: process.env['PATH'], NODE_ENV: 'production' } });
  let output = '';
  const ready = Promise.withResolvers<void>();
  const grow = (text: Buffer) => {
    output += text.toString();
    if (output.includes('Slipway is ready')) ready.resolve();
  };
  child.stdout.on('data', grow);
  child.stderr.on('data', grow);
  const ended = new Promise<Done>((resolve) => child.once('close', (code) => resolve({ code, output })));
  void ended.then(() => ready.reject(new Error(`It ended: ${output}`)));
  ready.promise.catch(() => undefined);
  return { ready: ready.promise, ended, stop: () => child.kill('SIGTERM') };
}

describe('the container image', () => {
  it('runs a plan with no more than what the Dockerfile puts into it, and is healthy while it does', async () => {
    const app = await mkdtemp(join(tmpdir(), 'slipway-image-'));
    onTestFinished(() => rm(app, { recursive: true, force: true }));
    await assemble(root, app, dockerfile);
    const cwd = join(app, 'srv');
    await mkdir(cwd);
    const entry = wordsOf(dockerfile, 'ENTRYPOINT');
    const health = () => start(app, cwd, wordsOf(dockerfile, 'HEALTHCHECK')).ended;
    const slipway = (...words: string[]) => start(app, cwd, [...entry, ...words]).ended;

    expect(await health()).toMatchObject({ code: 1, output: expect.stringContaining('endpoint.json') });
    // Other ports than the image's own: they may be in use on this machine.
    const command = wordsOf(dockerfile, 'CMD').map((word) => (word === '9464' ? '0' : word));
    const plane = start(app, cwd, [...entry, ...command, '--port', '0']);
    onTestFinished(async () => {
      plane.stop();
      await plane.ended;
    });
    await plane.ready;
    expect(await health()).toEqual({ code: 0, output: '' });
    expect(await slipway('init', 'change')).toMatchObject({ code: 0 });
    expect(await slipway('start', 'change/plan.yaml', '--watch')).toMatchObject({ code: 0 });
    plane.stop();
    expect(await plane.ended).toMatchObject({ code: 0 });
    expect(await health()).toMatchObject({ code: 1 });
  }, 180_000);

  it('is built of one pinned base of the Node that is supported, and runs as a user that is not root', () => {
    expect(new Set(all('FROM').map((text) => text.split(' ')[0]))).toEqual(new Set(['node:24-bookworm-slim']));
    const user = dockerfile.findLastIndex(({ name }) => name === 'USER');
    expect(dockerfile[user]?.text).toBe('1000:1000');
    expect(dockerfile.slice(user).map(({ name }) => name)).not.toContain('RUN');
    expect(wordsOf(dockerfile, 'HEALTHCHECK')).not.toContain('curl');
  });

  it('finds everything that it copies among what .dockerignore lets through', async () => {
    const letThrough = (await read('.dockerignore')).split('\n').flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    const copied = dockerfile.filter(({ name }) => name === 'COPY').map(copyOf);
    const sources = copied.flatMap(({ stage, from }) => (stage === undefined ? from : []));
    expect(new Set(sources.map((path) => path.split('/')[0]))).toEqual(new Set(letThrough));
  });

  it('needs no package to be built: native code comes ready for amd64 and arm64', async () => {
    const { packages } = JSON.parse(await read('package-lock.json')) as {
      packages: Record<
        string,
        { dev?: boolean; optional?: boolean; devOptional?: boolean; hasInstallScript?: boolean; cpu?: string[] }
      >;
    };
    const installed = Object.entries(packages).filter(([, one]) => !(one.dev || one.optional || one.devOptional));
    // protobufjs' script only warns of a version, and that of ssh2 only builds a faster cipher.
    const scripted = installed.flatMap(([path, { hasInstallScript }]) => (hasInstallScript ? [path] : []));
    expect(scripted).toEqual(['node_modules/classic-level', 'node_modules/protobufjs', 'node_modules/ssh2']);
    expect(installed.filter(([, { cpu }]) => cpu !== undefined)).toEqual([]);
    for (const arch of ['x64', 'arm64']) {
      const binaries = await readdir(join(root, `node_modules/classic-level/prebuilds/linux-${arch}`));
      expect(binaries).toContainEqual(expect.stringMatching(/^classic-level(\.armv8)?\.node$/));
    }
  });
});

describe('the compose file', () => {
  interface Service {
    readonly image: string;
    readonly ports?: readonly string[];
    readonly volumes?: readonly string[];
    readonly cap_drop?: readonly string[];
    readonly security_opt?: readonly string[];
    readonly expose?: readonly string[];
  }
  const services = async () =>
    Object.entries((parse(await read('container/compose.yaml')) as { services: Record<string, Service> }).services);

  it('publishes ports on this machine alone, and the metrics that want no token not at all', async () => {
    const ports = (await services()).flatMap(([, { ports: own = [] }]) => own);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(ports.join()).not.toContain('9464');
  });

  it('takes every right away that a service does not need, and names versions', async () => {
    for (const [name, service] of await services()) {
      expect([name, service.cap_drop]).toEqual([name, ['ALL']]);
      expect([name, service.security_opt]).toEqual([name, ['no-new-privileges:true']]);
      if (name !== 'slipway') expect(service.image).toMatch(/:v?\d+\.\d+\.\d+$/);
    }
  });

  it('mounts files that exist', async () => {
    const mounted = (await services()).flatMap(([, { volumes = [] }]) => volumes).filter((volume) => volume.startsWith('./'));
    expect(mounted.length).toBeGreaterThan(2);

    for (const volume of mounted) await expect(stat(join(root, 'container', volume.split(':')[0] ?? ''))).resolves.toBeDefined();
  });
});
