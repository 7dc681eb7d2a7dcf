import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { dynamoClient } from '../../adapters/aws/clients.ts';
import { systemClock } from '../../adapters/embedded/system-clock.ts';
import type { DynamoPeer } from './dynamo-peer.ts';
import { freePort } from './free-port.ts';

const run = promisify(execFile);
const CACHE = resolve(import.meta.dirname, '../../.cache');
const POM = join(import.meta.dirname, 'dynamodb-local.pom.xml');
const LIBRARIES = join(CACHE, 'dynamodb-local-2.6.1');
const PATIENCE_MS = 300_000;

/** Installs DynamoDB Local into .cache/ with Maven where it is not there yet. Undefined: it is; else why it is not. */
export const installDynamodbLocal = async (): Promise<string | undefined> => {
  if (existsSync(LIBRARIES)) return (await missing('java', ['-version'])) ?? undefined;
  const lacking = (await missing('java', ['-version'])) ?? (await missing('mvn', ['--version']));
  if (lacking !== undefined) return lacking;
  await mkdir(CACHE, { recursive: true });
  return alone(async () => {
    if (existsSync(LIBRARIES)) return undefined;
    const fresh = await mkdtemp(join(CACHE, 'dynamodb-local-'));
    try {
      await run('mvn', ['-B', '-q', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${fresh}`], {
        timeout: PATIENCE_MS,
      });
      await rename(fresh, LIBRARIES);
      return undefined;
    } catch (error) {
      await rm(fresh, { recursive: true, force: true });
      return `Maven could not fetch it: ${String(error).split('\n', 1)[0]}`;
    }
  });
};

/** One test process after the other: what Maven keeps is not made for several at once. One that has died holds up nobody for long. */
const alone = async <T>(work: () => Promise<T>): Promise<T> => {
  const lock = join(CACHE, 'dynamodb-local.lock');
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const since = await stat(lock).catch(() => undefined);
    if (since && systemClock.now() - since.mtimeMs > PATIENCE_MS) await rm(lock, { recursive: true, force: true });
    else await systemClock.sleep(200);
  }
  return work().finally(() => rm(lock, { recursive: true, force: true }));
};

/** Starts it in memory, on a free port. */
export const openDynamodbLocal = async (): Promise<DynamoPeer> => {
  const port = await freePort();
  const main = 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner';
  const options = ['-inMemory', '-disableTelemetry', '-port', String(port)];
  const server = spawn('java', [`-Djava.library.path=${LIBRARIES}`, '-cp', join(LIBRARIES, '*'), main, ...options], {
    stdio: 'ignore',
  });
  const ended = once(server, 'exit');
  const client = dynamoClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await ready(async () => client.send(new ListTablesCommand({})));
  return {
    client,
    async close() {
      client.destroy();
      server.kill();
      await ended;
    },
  };
};

const missing = async (command: string, args: readonly string[]): Promise<string | undefined> => {
  try {
    await run(command, [...args]);
    return undefined;
  } catch {
    return `there is no ${command}`;
  }
};

const ready = async (ask: () => Promise<unknown>): Promise<void> => {
  const deadline = systemClock.now() + 30_000;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (systemClock.now() > deadline) throw error;
      await systemClock.sleep(100);
    }
  }
};

if (import.meta.main) {
  const problem = await installDynamodbLocal();
  console.log(problem === undefined ? `DynamoDB Local is in ${LIBRARIES}.` : `DynamoDB Local is not installed: ${problem}.`);
  process.exitCode = problem === undefined ? 0 : 1;
}
