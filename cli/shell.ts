import type { Clock } from '../shared/ports/clock.ts';

/** Where text goes. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Of the terminal as it is now; undefined where there is none. */
  readonly columns: number | undefined;
  readonly rows: number | undefined;
}

export type Interrupt = 'SIGINT' | 'SIGTERM';

/** Everything around the command line that is not its own: made from the process in main.ts. */
export interface Shell {
  readonly out: Output;
  readonly err: Output;
  /** NO_COLOR, or a terminal that knows no colours. */
  readonly plain: boolean;
  /** Absolute; relative paths of arguments stand against it. */
  readonly cwd: string;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  /** Asks the person for a line; undefined where nobody sits at a terminal. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** Asks for what nobody may see; undefined where nobody sits at a terminal. The caller clears the buffer. */
  readonly askHidden?: ((question: string) => Promise<Buffer>) | undefined;
  /** Everything that comes in by standard input. The caller clears the buffer. */
  readonly readInput: () => Promise<Buffer>;
  /** Calls back at each Ctrl-C (SIGINT) and request to end (SIGTERM) until the returned function is called. */
  onInterrupt(listener: (signal: Interrupt) => void): () => void;
}
