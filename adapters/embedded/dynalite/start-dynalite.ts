import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DataDirectoryError } from './data-directory-error.ts';
import type { WorkerMessage } from './worker.ts';

export interface EmbeddedStore {
  /** `http://127.0.0.1:PORT`, speaking DynamoDB's protocol; any credentials do. */
  readonly endpoint: string;
  /** Resolves with the reason if the store ends without `close`. */
  readonly failed: Promise<DataDirectoryError>;
  /** Answers what is under way, then closes the files. */
  close(): Promise<void>;
}

/**
 * Starts dynalite on a directory of its own, in a thread of its own. What it has acknowledged survives a kill of the
 * process. Throws DataDirectoryError where the directory is in use, foreign, newer or corrupted; it is then left untouched.
 */
export const startDynalite = async (options: { readonly dataDir: string }): Promise<EmbeddedStore> => {
  const dataDir = resolve(options.dataDir);
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { dataDir }, name: 'store' });
  const listening = Promise.withResolvers<number>();
  const closed = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<DataDirectoryError>();
  let closing = false;
  const end = (error: DataDirectoryError): void => {
    listening.reject(error);
    if (!closing) failed.resolve(error);
    closed.resolve();
  };
  worker.on('message', (message: WorkerMessage) => {
    if (message.event === 'listening') listening.resolve(message.port);
    else if (message.event === 'closed') closed.resolve();
    else end(new DataDirectoryError(dataDir, message.problem, message.fact));
  });
  worker.on('error', (error) => end(failure(dataDir, error)));
  worker.on('exit', () => end(new DataDirectoryError(dataDir, 'unusable', 'lost the thread that served it')));
  const port = await listening.promise;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    failed: failed.promise,
    async close() {
      closing = true;
      worker.postMessage('close');
      await closed.promise;
      await worker.terminate();
    },
  };
};

const failure = (dataDir: string, error: unknown): DataDirectoryError => {
  const message = error instanceof Error ? error.message : String(error);
  const problem = /corrupt|JSON/i.test(message) ? 'corrupted' : 'unusable';
  return new DataDirectoryError(dataDir, problem, `could not be served any longer: ${message}`, error);
};
