import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';

/** Appends lines to a file that its owner alone may read. What cannot be written is told to `onFault` and harms nobody. */
export class LineFile {
  readonly #stream: WriteStream;

  constructor(path: string, onFault: (error: unknown) => void) {
    mkdirSync(dirname(path), { recursive: true });
    this.#stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
    this.#stream.on('error', onFault);
  }

  readonly write = (line: string): void => {
    if (this.#stream.writable) this.#stream.write(`${line}\n`);
  };

  /** Resolves once all of it is written. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stream.closed) resolve();
      else this.#stream.once('close', () => resolve()).end();
    });
  }
}
