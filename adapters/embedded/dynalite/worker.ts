import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { ClassicLevel } from 'classic-level';
import dynalite from 'dynalite';
import { databasePath, openDirectory, writeState } from './data-directory.ts';
import { DataDirectoryError, type DataDirectoryProblem } from './data-directory-error.ts';

/** What the thread of the store tells its owner. */
export type WorkerMessage =
  | { readonly event: 'listening'; readonly port: number }
  | { readonly event: 'refused'; readonly problem: DataDirectoryProblem; readonly fact: string }
  | { readonly event: 'closed' };

const { dataDir } = workerData as { readonly dataDir: string };

const tell = (message: WorkerMessage): void => parentPort?.postMessage(message);

const serve = (): void => {
  const server = dynalite({ path: databasePath(dataDir), createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1', () => tell({ event: 'listening', port: (server.address() as AddressInfo).port }));
  parentPort?.once('message', () => {
    server.close(() => {
      writeState(dataDir, 'closed');
      tell({ event: 'closed' });
      parentPort?.close();
    });
    server.closeIdleConnections();
  });
};

/** The database itself says who holds it and whether it is whole; dynalite would only say so at the first request. */
const proveDatabase = async (): Promise<void> => {
  const database = new ClassicLevel(databasePath(dataDir));
  try {
    await database.open();
  } catch (error) {
    throw refusal(error);
  }
  await database.close();
};

const refusal = (error: unknown): DataDirectoryError => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'LEVEL_LOCKED') return new DataDirectoryError(dataDir, 'in-use', 'is in use by another process', cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  return code === 'LEVEL_CORRUPTION' || /corrupt/i.test(message)
    ? new DataDirectoryError(dataDir, 'corrupted', `is corrupted: ${message}`, cause)
    : new DataDirectoryError(dataDir, 'unusable', `cannot be opened: ${message}`, cause);
};

try {
  openDirectory(dataDir);
  await proveDatabase();
  writeState(dataDir, 'open');
  serve();
} catch (error) {
  if (!(error instanceof DataDirectoryError)) throw error;
  tell({ event: 'refused', problem: error.problem, fact: error.fact });
  parentPort?.close();
}
