import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../shared/ports/clock.ts';

export interface Rotation {
  /** A file that a line would make larger than this begins anew. */
  readonly maxBytes: number;
  /** A file whose first line is older than this begins anew, and one that has not been written to for so long is deleted. */
  readonly maxAgeMs: number;
  /** Earlier files that stay beside it: `audit.log.1`, the youngest, to `audit.log.5`. */
  readonly keep: number;
}

const ROTATION: Rotation = { maxBytes: 10 * 1024 * 1024, maxAgeMs: 30 * 24 * 3_600_000, keep: 5 };

interface LineFileOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly onFault: (error: unknown) => void;
  readonly rotation?: Rotation;
}

/**
 * Appends lines to a file that its owner alone may read, and begins it anew by size and age. Each line is written at once, whole, into
 * one file; so a rotation, or the end of the process, loses none. What cannot be written is told to `onFault` and harms nobody.
 */
export class LineFile {
  readonly #path: string;
  readonly #options: LineFileOptions;
  readonly #rotation: Rotation;
  #file: { readonly descriptor: number; readonly bornAt: number; bytes: number } | undefined;
  #closed = false;

  constructor(path: string, options: LineFileOptions) {
    this.#path = path;
    this.#options = options;
    this.#rotation = options.rotation ?? ROTATION;
    mkdirSync(dirname(path), { recursive: true });
    this.#guarded(() => {
      this.#open();
      this.#removeOld();
    });
  }

  readonly write = (line: string): void => this.#guarded(() => this.#append(Buffer.from(`${line}\n`)));

  close(): void {
    this.#closed = true;
    this.#release();
  }

  #release(): void {
    const { descriptor } = this.#file ?? {};
    this.#file = undefined;
    if (descriptor !== undefined) closeSync(descriptor);
  }

  #append(line: Buffer): void {
    if (this.#file && this.#isDue(line.length)) this.#rotate();
    if (!this.#file && !this.#closed) this.#reopen();
    if (!this.#file) return;
    for (let at = 0; at < line.length; ) at += writeSync(this.#file.descriptor, line, at);
    this.#file.bytes += line.length;
  }

  #isDue(more: number): boolean {
    const { bytes = 0, bornAt = 0 } = this.#file ?? {};
    const { maxBytes, maxAgeMs } = this.#rotation;
    return bytes > 0 && (bytes + more > maxBytes || this.#options.clock.now() - bornAt > maxAgeMs);
  }

  /** The oldest goes, the others move up. A crash in between leaves a gap in the numbers, and every line. */
  #rotate(): void {
    this.#release();
    try {
      for (let at = this.#rotation.keep; at > 0; at -= 1) moved(at === 1 ? this.#path : this.#earlier(at - 1), this.#earlier(at));
      this.#removeOld();
    } finally {
      // Where it could not be moved, its lines go on in it.
      this.#open();
    }
  }

  #removeOld(): void {
    const before = this.#options.clock.now() - this.#rotation.maxAgeMs;
    for (let at = 1; at <= this.#rotation.keep; at += 1) {
      const found = statSync(this.#earlier(at), { throwIfNoEntry: false });
      if (found && found.mtimeMs < before) rmSync(this.#earlier(at), { force: true });
    }
  }

  /** That it could not be opened was told when it happened; each line tries again. */
  #reopen(): void {
    try {
      this.#open();
    } catch {}
  }

  #open(): void {
    const descriptor = openSync(this.#path, 'a', 0o600);
    const { size, birthtimeMs } = fstatSync(descriptor);
    // A file system that keeps no time of birth says 0.
    const bornAt = size > 0 && birthtimeMs > 0 ? birthtimeMs : this.#options.clock.now();
    this.#file = { descriptor, bornAt, bytes: size };
  }

  #earlier(at: number): string {
    return `${this.#path}.${at}`;
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.onFault(error);
    }
  }
}

function moved(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false })) renameSync(from, to);
}
