import { cut } from './render/text-width.ts';
import type { Output } from './shell.ts';

/** Progress on a terminal is repainted in place; anywhere else it is a line now and then. */
export interface LiveView {
  /** `lines` for a terminal, `line` for anything else; `news` prints the line at once. */
  show(lines: readonly string[], line: string, news?: boolean): void;
  /** Prints something that stays, above what is shown. */
  print(text: string): void;
  /** Takes away what is shown. */
  clear(): void;
}

export interface LiveViewOptions {
  readonly now: () => number;
  /** Between plain lines, ms. */
  readonly every?: number;
}

export const liveView = (output: Output, options: LiveViewOptions, plain: boolean): LiveView =>
  output.isTerminal && !plain ? new PaintedView(output) : new PlainView(output, options);

/** For where there is no place for progress. */
export const quietView = (output: Output): LiveView => ({
  show() {},
  print: (text) => output.write(`${text}\n`),
  clear() {},
});

const UP = (rows: number) => (rows === 0 ? '' : `\u001b[${rows}A`);
const ERASE_BELOW = '\u001b[J';
const COLUMNS = 80;
const ROWS = 24;

class PaintedView implements LiveView {
  readonly #output: Output;
  #shown: readonly string[] = [];

  constructor(output: Output) {
    this.#output = output;
  }

  show(lines: readonly string[]): void {
    const columns = Math.max(1, (this.#output.columns ?? COLUMNS) - 1);
    const next = this.#fitting(lines).map((line) => cut(line, columns));
    this.#output.write(`${this.#erased()}${next.map((line) => `${line}\n`).join('')}`);
    this.#shown = next;
  }

  print(text: string): void {
    const shown = this.#shown;
    this.#output.write(`${this.#erased()}${text}\n${shown.map((line) => `${line}\n`).join('')}`);
  }

  clear(): void {
    this.#output.write(this.#erased());
    this.#shown = [];
  }

  /** What scrolled off the top could not be taken away again. */
  #fitting(lines: readonly string[]): readonly string[] {
    const rows = Math.max(2, (this.#output.rows ?? ROWS) - 1);
    if (lines.length <= rows) return lines;
    return [...lines.slice(0, rows - 1), `… and ${lines.length - rows + 1} more lines`];
  }

  #erased(): string {
    return this.#shown.length === 0 ? '' : `\r${UP(this.#shown.length)}${ERASE_BELOW}`;
  }
}

class PlainView implements LiveView {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #every: number;
  #last: { readonly line: string; readonly at: number } | undefined;

  constructor(output: Output, { now, every = 5000 }: LiveViewOptions) {
    this.#output = output;
    this.#now = now;
    this.#every = every;
  }

  show(_lines: readonly string[], line: string, news = false): void {
    const at = this.#now();
    if (this.#last && (this.#last.line === line || (!news && at - this.#last.at < this.#every))) return;
    this.#last = { line, at };
    this.#output.write(`${line}\n`);
  }

  print(text: string): void {
    this.#output.write(`${text}\n`);
  }

  clear(): void {}
}
