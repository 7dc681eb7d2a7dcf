import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../contracts/free-port.ts';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const PYTHON = fromRoot('.venv-peers/bin/python');
const INSTALLED = fromRoot('.venv-peers/bin/ministack');
const SERVE = fileURLToPath(new URL('serve.py', import.meta.url));
const READY_MS = 30_000;

/** Why there is no MiniStack, in one line; undefined where there is one. */
export function missingMiniStack(): string | undefined {
  const install = 'python3 -m venv .venv-peers && .venv-peers/bin/pip install -r tests/peers/ministack/requirements.txt';
  if (!existsSync(INSTALLED)) return install;
  // Without it every token is refused.
  if (spawnSync(PYTHON, ['-c', 'import cryptography']).status !== 0) return install;
  return spawnSync('openssl', ['version']).error === undefined
    ? undefined
    : 'it makes its certificate with openssl: install that';
}

/** MiniStack in a process group of its own, on a free port, with all that it keeps in one folder. */
export class MiniStack {
  readonly #folder: string;
  readonly #port: number;
  #process: ChildProcess | undefined;
  #trusted = false;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
  }

  static async start(folder: string): Promise<MiniStack> {
    const peer = new MiniStack(folder, await freePort());
    await peer.restart();
    return peer;
  }

  get endpoint(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  /** The certificate of its endpoint and the key to it, which serve for whatever else listens on the loopback. */
  async certificate(): Promise<{ readonly cert: string; readonly key: string }> {
    const [cert, key] = await Promise.all(['crt', 'key'].map((of) => readFile(this.#tls(of), 'utf8')));
    if (!cert || !key) throw new Error('MiniStack has no certificate.');
    return { cert, key };
  }

  #tls(of: string): string {
    return join(this.#folder, `tmp/ministack-tls/server.${of}`);
  }

  /** Ends it and its Lambda workers at once, whatever is under way; what its stores hold at that moment is kept. */
  async crash(): Promise<void> {
    this.#process?.kill('SIGUSR1');
    await this.#gone();
  }

  /** Starts it again, on the same port and with what was kept. */
  async restart(): Promise<void> {
    await mkdir(join(this.#folder, 'tmp'), { recursive: true });
    this.#process = spawn(PYTHON, [SERVE], {
      detached: true,
      // Its standard input ends when this process does, and it with that.
      stdio: ['pipe', 'ignore', process.env['SCENARIO_LOG'] === undefined ? 'ignore' : 'inherit'],
      env: {
        PATH: [fromRoot('node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter),
        GATEWAY_PORT: String(this.#port),
        BIND_HOST: '127.0.0.1',
        LOG_LEVEL: process.env['SCENARIO_LOG'] ?? 'ERROR',
        // What a function may do is what its role allows.
        AUTH: 'true',
        // The policies of buckets and queues refuse whoever comes without TLS.
        USE_SSL: '1',
        PERSIST_STATE: '1',
        STATE_DIR: join(this.#folder, 'state'),
        // Objects are kept as they are put, apart from the rest.
        S3_PERSIST: '1',
        S3_DATA_DIR: join(this.#folder, 's3'),
        TMPDIR: join(this.#folder, 'tmp'),
        // Whoever signs tokens is asked for its keys: it listens under the same certificate.
        SSL_CERT_FILE: this.#tls('crt'),
        // It has a look at Docker, and listens to MQTT devices and SFTP clients, unless told not to.
        DOCKER_HOST: `unix://${join(this.#folder, 'no-docker')}`,
        IOT_MTLS_ENABLED: '0',
        SFTP_ENABLED: '0',
      },
    });
    await this.#ready(performance.now() + READY_MS);
  }

  async stop(): Promise<void> {
    if (this.#process?.pid !== undefined && this.#process.exitCode === null && this.#process.signalCode === null) {
      process.kill(-this.#process.pid, 'SIGKILL');
      await this.#gone();
    }
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Its certificate is made by itself when it first starts; this process trusts it from then on. */
  async #trust(): Promise<void> {
    if (this.#trusted) return;
    const certificate = await readFile(this.#tls('crt'), 'utf8').catch(() => undefined);
    if (certificate?.includes('END CERTIFICATE') !== true) return;
    setDefaultCACertificates([...getCACertificates('default'), certificate]);
    this.#trusted = true;
  }

  async #gone(): Promise<void> {
    const child = this.#process;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  async #ready(until: number): Promise<void> {
    for (;;) {
      await this.#trust();
      const answer = await fetch(`${this.endpoint}/_ministack/health`).catch(() => undefined);
      if (answer?.ok) return;
      if (this.#process?.exitCode !== null || performance.now() > until) throw new Error('MiniStack did not start.');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
