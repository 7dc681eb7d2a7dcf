import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as a process of its own. */
export class CliProcess {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();

  constructor(cwd: string, words: readonly string[], input?: string) {
    const env = { ...process.env, NO_COLOR: '1' };
    const child = spawn(process.execPath, [MAIN, ...words], {
      cwd,
      env,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    child.stdin?.end(input);
    const ended = Promise.withResolvers<Ended>();
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#grow(() => (this.stdout += text)));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#grow(() => (this.stderr += text)));
    child.once('error', ended.reject);
    child.once('close', (code) => this.#grow(() => ended.resolve({ code, stdout: this.stdout, stderr: this.stderr })));
    this.#child = child;
    this.ended = ended.promise;
  }

  #grow(change: () => void): void {
    change();
    for (const watcher of this.#watchers) watcher();
  }

  /** Resolves once stderr or stdout holds the text; rejects where the process ends before. */
  async says(text: string): Promise<void> {
    const said = Promise.withResolvers<void>();
    const look = () => {
      if (`${this.stdout}${this.stderr}`.includes(text)) said.resolve();
    };
    this.#watchers.add(look);
    look();
    const silent = this.ended.then(({ code, stderr }) => {
      look();
      throw new Error(`ended with ${code} and never said '${text}':\n${stderr}`);
    });
    await Promise.race([said.promise, silent]).finally(() => this.#watchers.delete(look));
  }

  signal(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void {
    this.#child.kill(signal);
  }
}

/** A directory in which commands are run, perhaps with a control plane. */
export class Workplace {
  readonly cwd: string;
  #plane: CliProcess | undefined;

  private constructor(cwd: string) {
    this.cwd = cwd;
  }

  static async open(): Promise<Workplace> {
    return new Workplace(await mkdtemp(join(tmpdir(), 'slipway-scenario-')));
  }

  start(...words: string[]): CliProcess {
    return new CliProcess(this.cwd, words);
  }

  /** Runs a command to its end. */
  run(...words: string[]): Promise<Ended> {
    return this.start(...words).ended;
  }

  /** The same, with this by its standard input. */
  give(input: string, ...words: string[]): Promise<Ended> {
    return new CliProcess(this.cwd, words, input).ended;
  }

  async dev(): Promise<CliProcess> {
    this.#plane = this.start('dev', '--port', '0', '--json');
    await this.#plane.says('"url"');
    await this.#plane.says('}');
    return this.#plane;
  }

  async close(): Promise<void> {
    this.#plane?.signal('SIGTERM');
    await this.#plane?.ended;
    await rm(this.cwd, { recursive: true, force: true });
  }
}
