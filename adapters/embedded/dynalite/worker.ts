import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { ClassicLevel } from 'classic-level';
import dynalite from 'dynalite';
import { ZodError } from 'zod';
import { closeIterators } from './closing-iterators.ts';
import { type DirectoryState, databasePath, markClosed, markOpen, recogniseDirectory } from './data-directory.ts';
import { DataDirectoryError, type DataDirectoryProblem } from './data-directory-error.ts';
import { finishTables, readTables, repairTables } from './repair-tables.ts';

/** What the thread of the store tells its owner. */
export type WorkerMessage =
  | { readonly event: 'listening'; readonly port: number }
  | { readonly event: 'refused'; readonly problem: DataDirectoryProblem; readonly fact: string }
  | { readonly event: 'closed' };

const { dataDir } = workerData as { readonly dataDir: string };

const tell = (message: WorkerMessage): void => parentPort?.postMessage(message);

const serve = (): void => {
  closeIterators();
  const server = dynalite({ path: databasePath(dataDir), createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  // No idle connection is closed while the store runs: the next request could be on its way already.
  server.keepAliveTimeout = 0;
  // dynalite throws when a client hangs up in the middle of a request, and would end with it.
  server.on('request', (request) => request.removeAllListeners('error').on('error', () => request.destroy()));
  server.listen(0, '127.0.0.1', () => tell({ event: 'listening', port: (server.address() as AddressInfo).port }));
  parentPort?.once('message', () => {
    server.close(() => {
      markClosed(dataDir);
      tell({ event: 'closed' });
      parentPort?.close();
    });
    server.keepAliveTimeout = 1;
    server.closeIdleConnections();
  });
};

/** The database itself says who holds it and whether it is whole; dynalite would only say so at the first request. */
const proveDatabase = async (state: DirectoryState): Promise<void> => {
  const database = new ClassicLevel<string, string>(databasePath(dataDir));
  try {
    await database.open();
    const tables = await readTables(database);
    await finishTables(database, tables);
    if (state === 'open') await repairTables(database, tables);
  } catch (error) {
    throw refusal(error);
  } finally {
    // Also where it is refused: whoever is told so finds nobody in it.
    await database.close();
  }
};

const refusal = (error: unknown): DataDirectoryError => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'LEVEL_LOCKED') return new DataDirectoryError(dataDir, 'in-use', 'is in use by another process', cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  // A file that LevelDB expects and that is not there, or text that is no table, is as good as a broken checksum.
  return code === 'LEVEL_CORRUPTION' ||
    cause instanceof SyntaxError ||
    cause instanceof ZodError ||
    /corrupt|no such file/i.test(message)
    ? new DataDirectoryError(dataDir, 'corrupted', `is corrupted: ${message}`, cause)
    : new DataDirectoryError(dataDir, 'unusable', `cannot be opened: ${message}`, cause);
};

try {
  const state = recogniseDirectory(dataDir);
  await proveDatabase(state);
  markOpen(dataDir);
  serve();
} catch (error) {
  if (!(error instanceof DataDirectoryError)) throw error;
  tell({ event: 'refused', problem: error.problem, fact: error.fact });
  parentPort?.close();
}
