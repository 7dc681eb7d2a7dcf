import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { DataDirectoryError } from '../dynalite/data-directory-error.ts';
import { type AlarmShelf, type KeptAlarm, keptAlarm } from './kept-alarm.ts';

const FORMAT = 1;
const content = z.object({ format: z.literal(FORMAT), alarms: z.array(keptAlarm) });
const anyFormat = z.object({ format: z.number() });

/** Alarms in one file of the data directory. One writer at a time. Throws DataDirectoryError. */
export class FileAlarmShelf implements AlarmShelf {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async read(): Promise<readonly KeptAlarm[]> {
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw this.#problem('unusable', `cannot be read: ${error.message}`, error);
    });
    if (text === undefined) return [];
    const found = json(text);
    const parsed = content.safeParse(found);
    if (parsed.success) return parsed.data.alarms;
    const format = anyFormat.safeParse(found).data?.format ?? FORMAT;
    throw format > FORMAT
      ? this.#problem('newer', `was made by a newer release (format ${format}; this one reads ${FORMAT})`)
      : this.#problem('corrupted', 'holds no alarms that can be read', parsed.error);
  }

  async write(alarms: readonly KeptAlarm[]): Promise<void> {
    const temporary = `${this.#path}.unfinished`;
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      const file = await open(temporary, 'w');
      try {
        await file.writeFile(JSON.stringify({ format: FORMAT, alarms }));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.#path);
    } catch (error) {
      throw this.#problem('unusable', `cannot be written: ${error instanceof Error ? error.message : error}`, error);
    }
  }

  #problem(problem: 'newer' | 'corrupted' | 'unusable', fact: string, cause?: unknown): DataDirectoryError {
    return new DataDirectoryError(this.#path, problem, fact, cause);
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
