import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runCommandLine } from '../../../cli/program.ts';
import type { Interrupt, Output, Shell } from '../../../cli/shell.ts';

type Answer = { readonly status?: number; readonly body: unknown };

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | null;
  readonly body: unknown;
}

export interface FakeShellOptions {
  readonly answer?: (request: Received) => Answer | Promise<Answer>;
  readonly terminal?: { readonly columns: number; readonly rows: number };
  readonly plain?: boolean;
  /** Called before each sleep. */
  readonly onSleep?: (shell: FakeShell) => void;
  /** What the person answers, in order; without it nobody sits at a terminal. */
  readonly replies?: readonly string[];
  /** What comes by standard input. */
  readonly input?: string;
  /** False: nothing was announced in the data directory. */
  readonly announced?: boolean;
}

/** A shell in a directory of its own (gone with the test), with a control plane that answers as it is told and a clock that only sleeps move. */
export class FakeShell implements Shell {
  stdout = '';
  stderr = '';
  readonly received: Received[] = [];
  readonly asked: string[] = [];
  readonly ask: Shell['ask'];
  readonly plain: boolean;
  readonly out: Output;
  readonly err: Output;
  readonly #options: FakeShellOptions;
  #cwd: string | undefined;
  readonly #listeners = new Set<(signal: Interrupt) => void>();
  #now = Date.UTC(2026, 0, 1);

  constructor(options: FakeShellOptions = {}) {
    this.#options = options;
    this.plain = options.plain ?? false;
    const replies = [...(options.replies ?? [])];
    this.ask =
      options.replies &&
      (async (question) => {
        this.asked.push(question);
        return replies.shift() ?? '';
      });
    const { columns, rows } = options.terminal ?? { columns: undefined, rows: undefined };
    const isTerminal = options.terminal !== undefined;
    const onto = (grow: (text: string) => void): Output => ({ write: grow, isTerminal, columns, rows });
    this.out = onto((text) => {
      this.stdout += text;
    });
    this.err = onto((text) => {
      this.stderr += text;
    });
    if (options.announced !== false) this.announce('http://127.0.0.1:4400');
  }

  /** Made when it is first asked for, in a test: a shell that is only described needs none. */
  get cwd(): string {
    if (this.#cwd === undefined) {
      const made = mkdtempSync(join(tmpdir(), 'slipway-cli-'));
      onTestFinished(() => rmSync(made, { recursive: true, force: true }));
      this.#cwd = made;
    }
    return this.#cwd;
  }

  announce(url: string, token = 'a-token-for-tests'): void {
    writeFileSync(join(this.cwd, 'endpoint.json'), JSON.stringify({ url }));
    writeFileSync(join(this.cwd, 'token'), `${token}\n`);
  }

  write(file: string, text: string): string {
    writeFileSync(join(this.cwd, file), text);
    return file;
  }

  readonly clock = {
    now: () => this.#now,
    sleep: async (ms: number, signal?: AbortSignal) => {
      this.#options.onSleep?.(this);
      signal?.throwIfAborted();
      this.#now += ms;
    },
  };

  readonly fetch = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { answer } = this.#options;
    if (!answer) throw new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) });
    // A control plane on AWS has no stream of events.
    if (new Headers(init.headers).get('accept') === 'text/event-stream') return new Response('', { status: 404 });
    const { pathname, search } = new URL(String(url));
    const request = {
      method: init.method ?? 'GET',
      path: pathname + search,
      authorization: new Headers(init.headers).get('authorization'),
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
    };
    this.received.push(request);
    const { status = 200, body } = await answer(request);
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
  };

  readInput = async (): Promise<Buffer> => Buffer.from(this.#options.input ?? '');

  onInterrupt(listener: (signal: Interrupt) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  interrupt(signal: Interrupt = 'SIGINT'): void {
    for (const listener of this.#listeners) listener(signal);
  }

  /** Runs a command against the announced control plane. */
  run(...words: string[]): Promise<number> {
    return runCommandLine([...words, '--data-dir', '.'], this);
  }
}

export const problem = (status: number, code: string, detail: string, more: object = {}): Answer => ({
  status,
  body: { type: `urn:slipway:problem:${code.toLowerCase()}`, title: code, status, code, detail, ...more },
});
