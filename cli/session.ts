import type { Command } from 'commander';
import { ApiClient } from './api-client.ts';
import { UsageError } from './cli-errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { findControlPlane, startCommand, type Whereabouts } from './find-control-plane.ts';
import { type LiveView, liveView, quietView } from './live-view.ts';
import { type Paint, paintWith } from './render/paint.ts';
import { printable, printableJson, printableValue } from './render/printable.ts';
import type { Shell } from './shell.ts';
import { signing } from './sign-requests.ts';

export const DATA_DIR = '.slipway';

interface GlobalOptions {
  readonly json?: boolean;
  readonly dataDir?: string;
  readonly url?: string;
  readonly tokenFile?: string;
  readonly sign?: string;
}

/** One call of the command line: its global options, its way of speaking, and the code that it will end with. */
export class Session {
  exitCode: ExitCode = EXIT.ok;
  /** The plan that the command was given, for the places of its problems. */
  planFile: string | undefined;
  readonly shell: Shell;
  readonly #program: Command;
  #view: LiveView | undefined;

  constructor(shell: Shell, program: Command) {
    this.shell = shell;
    this.#program = program;
  }

  get #options(): GlobalOptions {
    return this.#program.opts<GlobalOptions>();
  }

  get verbs(): readonly string[] {
    return this.#program.commands.map((command) => command.name());
  }

  get json(): boolean {
    return this.#options.json === true;
  }

  /** Undefined where the person did not name one. */
  get dataDir(): string | undefined {
    return this.#options.dataDir;
  }

  /** For text on stdout. */
  get paint(): Paint {
    return paintWith(this.shell.out.isTerminal && !this.shell.plain);
  }

  /** For text on stderr. */
  get errorPaint(): Paint {
    return paintWith(this.shell.err.isTerminal && !this.shell.plain);
  }

  /** Columns of a result; a pipe is as wide as a wide terminal. */
  get columns(): number {
    return this.shell.out.columns ?? 120;
  }

  /** The command's one result: JSON, or the lines that `render` makes of the value with nothing in it that a terminal obeys. */
  result<T>(value: T, render: (safe: T, paint: Paint) => readonly string[]): void {
    if (this.json) this.shell.out.write(`${printableJson(value, this.shell.out.isTerminal ? 2 : undefined)}\n`);
    else this.shell.out.write(`${render(printableValue(value), this.paint).join('\n')}\n`);
  }

  /** One of many results: a line of NDJSON, or text. */
  item<T>(value: T, render: (safe: T, paint: Paint) => readonly string[]): void {
    const text = this.json ? [printableJson(value)] : render(printableValue(value), this.paint);
    this.shell.out.write(text.map((line) => `${line}\n`).join(''));
  }

  /** Something to know on the way; never part of the result. */
  note(text: string): void {
    this.notePainted(printable(text));
  }

  /** The same in colours: nothing in it may be of somebody else, unless it was made printable. */
  notePainted(text: string): void {
    if (this.#view) this.#view.print(text);
    else this.shell.err.write(`${text}\n`);
  }

  /** Runs `work` with a place for its progress on stderr, which is empty again in the end. */
  async withProgress<T>(work: (view: LiveView) => Promise<T>): Promise<T> {
    const { err, out, clock, plain } = this.shell;
    // JSON on the same terminal would be torn apart.
    const view = this.json && out.isTerminal ? quietView(err) : liveView(err, clock, plain);
    this.#view = view;
    try {
      return await work(view);
    } finally {
      view.clear();
      this.#view = undefined;
    }
  }

  /** One yes or no. Throws UsageError where nobody can be asked. */
  async confirm(question: string): Promise<boolean> {
    const { ask } = this.shell;
    if (!ask) throw new UsageError('Nobody sits at a terminal to confirm it.', { next: 'Add --yes.' });
    return /^y(es)?$/i.test((await ask(`${printable(question)} [y/N] `)).trim());
  }

  async client(): Promise<ApiClient> {
    const { whereabouts } = this;
    const access = await findControlPlane(whereabouts);
    const start = whereabouts.url === undefined ? startCommand(whereabouts.dataDir) : 'Check the address that --url names.';
    const { fetch, clock } = this.shell;
    return new ApiClient({ access, start, clock, fetch: access.signFor === undefined ? fetch : signing(fetch, access.signFor) });
  }

  get whereabouts(): Whereabouts {
    const { url, tokenFile, sign, dataDir = DATA_DIR } = this.#options;
    return { cwd: this.shell.cwd, dataDir, url, tokenFile, sign };
  }

  /** A command for the person to type, against the same control plane as this one. */
  commandLine(...words: readonly string[]): string {
    const { url, tokenFile, sign, dataDir } = this.#options;
    const options = [
      ...(dataDir === undefined ? [] : ['--data-dir', dataDir]),
      ...(url === undefined ? [] : ['--url', url]),
      ...(tokenFile === undefined ? [] : ['--token-file', tokenFile]),
      ...(sign === undefined ? [] : ['--sign', sign]),
    ];
    return ['slipway', ...words, ...options].map(quoted).join(' ');
  }

  /** How a list goes on after its cursor, by the options that it was asked with; nothing where it does not. */
  more(words: readonly string[], asked: object, cursor: string | undefined): readonly string[] {
    if (cursor === undefined) return [];
    const options = Object.entries({ ...asked, cursor }).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, String(value)],
    );
    return ['', `More: ${this.commandLine(...words, ...options)}`];
  }
}

const quoted = (word: string): string => (/^[\w./:@%+=,-]+$/.test(word) ? word : `'${printable(word).replaceAll("'", `'\\''`)}'`);
