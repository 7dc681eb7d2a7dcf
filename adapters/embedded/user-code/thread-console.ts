import { AsyncLocalStorage } from 'node:async_hooks';
import type { UserLine } from './messages.ts';

const MOST_LINES = 10_000;
const LONGEST_LINE = 10_000;

type Stream = UserLine['stream'];

/** Unfinished lines of one call, and how many it has printed. */
interface Printing {
  readonly call?: UserLine['call'];
  readonly rest: Record<Stream, string>;
  lines: number;
}

/**
 * Takes what is printed in this thread line by line, and knows for which call. Lines leave at once, so those of a
 * function that never ends are heard too; beyond 10,000 of one call they are dropped, and that is said.
 */
export class ThreadConsole {
  readonly #calls = new AsyncLocalStorage<Printing>();
  readonly #outside: Printing = { rest: { stdout: '', stderr: '' }, lines: 0 };
  readonly #tell: (line: UserLine) => void;

  constructor(tell: (line: UserLine) => void) {
    this.#tell = tell;
    for (const stream of ['stdout', 'stderr'] as const) {
      process[stream].write = (chunk: Uint8Array | string, ...rest: unknown[]): boolean => {
        this.#take(stream, typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
        const done = rest.findLast((argument) => typeof argument === 'function');
        if (done) queueMicrotask(() => done());
        return true;
      };
    }
  }

  async during<T>(call: NonNullable<UserLine['call']>, work: () => Promise<T>): Promise<T> {
    const printing: Printing = { call, rest: { stdout: '', stderr: '' }, lines: 0 };
    try {
      return await this.#calls.run(printing, work);
    } finally {
      for (const stream of ['stdout', 'stderr'] as const) {
        if (printing.rest[stream] !== '') this.#print(printing, stream, printing.rest[stream]);
        printing.rest[stream] = '';
      }
    }
  }

  #take(stream: Stream, text: string): void {
    const printing = this.#calls.getStore() ?? this.#outside;
    const lines = (printing.rest[stream] + text).split('\n');
    printing.rest[stream] = (lines.pop() ?? '').slice(-LONGEST_LINE);
    for (const line of lines) this.#print(printing, stream, line);
  }

  #print(printing: Printing, stream: Stream, line: string): void {
    printing.lines += 1;
    if (printing.lines > MOST_LINES + 1) return;
    const text = printing.lines > MOST_LINES ? `(only the first ${MOST_LINES} lines are kept)` : line.slice(0, LONGEST_LINE);
    this.#tell({ stream, line: text, ...(printing.call === undefined ? {} : { call: printing.call }) });
  }
}
