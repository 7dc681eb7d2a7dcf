import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ClassicLevel } from 'classic-level';
import { brokenRecord } from '../../../adapters/embedded/dynalite/write-ahead-log.ts';
import { SlipwayError } from '../../../shared/errors/slipway-error.ts';
import type { Value } from '../../../shared/ports/store.ts';
import { afterPrefix, type Change, CorruptExecutionStoreError, type ExecutionStore } from './execution-store.ts';

const formatKey = '!format';
const format = 'slipway-executions/1';
const checksumLength = 8;

/** Another process has the directory open. */
export class ExecutionStoreInUseError extends SlipwayError {
  override readonly name = 'ExecutionStoreInUseError';
  override readonly code = 'EXECUTION_STORE_IN_USE';
}

export interface DiskExecutionStore extends ExecutionStore {
  close(): Promise<void>;
}

/**
 * Opens (or makes) an execution store in a directory of its own. Commits survive the death of the process; a power cut may
 * take the last few. Throws CorruptExecutionStoreError or ExecutionStoreInUseError, and then has written nothing.
 */
export async function openDiskExecutionStore(directory: string): Promise<DiskExecutionStore> {
  const files = await existingFiles(directory);
  // LevelDB would start an empty database over the tables of one whose CURRENT file is lost.
  if (files.length > 0 && !files.includes('CURRENT')) throw corrupt(directory, `it holds ${files[0]} but no CURRENT file`);
  await checkLogs(directory, files);
  const db = new ClassicLevel<string, string>(directory, { createIfMissing: files.length === 0 });
  try {
    await db.open();
    await checkFormat(db, directory, files.length === 0);
  } catch (error) {
    await db.close();
    throw explain(error, directory);
  }
  return adapt(db, directory);
}

async function existingFiles(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => name !== 'LOCK' && name !== 'LOG' && name !== 'LOG.old');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** LevelDB drops what is broken in a log without a word, and the rest of its block with it. */
async function checkLogs(directory: string, files: readonly string[]): Promise<void> {
  for (const name of files.filter((file) => file.endsWith('.log'))) {
    const at = brokenRecord(await readFile(join(directory, name)));
    if (at !== undefined) throw corrupt(directory, `its log ${name} is broken at byte ${at}`);
  }
}

async function checkFormat(db: ClassicLevel<string, string>, directory: string, fresh: boolean): Promise<void> {
  if (fresh) return db.put(formatKey, seal(format));
  const found = await db.get(formatKey);
  if (found === undefined) throw corrupt(directory, 'its format record is missing');
  const value = unseal(found, formatKey, directory);
  if (value !== format) throw corrupt(directory, `its format is ${JSON.stringify(value)}, not '${format}'`);
}

function adapt(db: ClassicLevel<string, string>, directory: string): DiskExecutionStore {
  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw explain(error, directory);
    }
  }
  return {
    get: (key) =>
      guarded(async () => {
        const text = await db.get(key);
        return text === undefined ? undefined : unseal(text, key, directory);
      }),
    async *list(prefix) {
      try {
        for await (const [key, text] of db.iterator({ gte: prefix, lt: afterPrefix(prefix) })) {
          yield [key, unseal(text, key, directory)] as const;
        }
      } catch (error) {
        throw explain(error, directory);
      }
    },
    commit: (changes) => guarded(() => db.batch(changes.map(operation))),
    clear: (prefix) => guarded(() => db.clear({ gte: prefix, lt: afterPrefix(prefix) })),
    close: () => db.close(),
  };
}

function operation(change: Change) {
  return 'put' in change
    ? ({ type: 'put', key: change.put, value: seal(change.value) } as const)
    : ({ type: 'del', key: change.remove } as const);
}

/** LevelDB does not verify its blocks when it reads, so each record carries a checksum of its own. */
function seal(value: Value): string {
  const json = JSON.stringify(value);
  return crc32(json).toString(16).padStart(checksumLength, '0') + json;
}

function unseal(text: string, key: string, directory: string): Value {
  const json = text.slice(checksumLength);
  if (crc32(json).toString(16).padStart(checksumLength, '0') !== text.slice(0, checksumLength)) {
    throw corrupt(directory, `the record '${key}' does not match its checksum`);
  }
  return JSON.parse(json);
}

function explain(error: unknown, directory: string): unknown {
  if (error instanceof SlipwayError) return error;
  const codes = [error, (error as Error).cause].map((it) => (it as { code?: string } | undefined)?.code);
  if (codes.includes('LEVEL_LOCKED')) {
    return new ExecutionStoreInUseError(`The execution store ${directory} is open in another process.`, {
      next: 'Stop the other process, or use another data directory.',
      cause: error,
    });
  }
  if (codes.includes('LEVEL_CORRUPTION'))
    return corrupt(directory, ((error as Error).cause as Error | undefined)?.message ?? '', error);
  if (/corrupt|no such file|does not exist/i.test(String((error as Error).cause)))
    return corrupt(directory, String((error as Error).cause), error);
  return error;
}

function corrupt(directory: string, detail: string, cause?: unknown): CorruptExecutionStoreError {
  return new CorruptExecutionStoreError(`The execution store ${directory} is damaged: ${detail}. Nothing was changed.`, {
    next: 'Restore the directory from a copy, or move it away to start with an empty one.',
    cause,
  });
}
