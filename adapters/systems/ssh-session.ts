import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import ssh2, { type SFTPWrapper, type Stats } from 'ssh2';
import { ServerUnavailableError } from '../../shared/errors/secret-errors.ts';
import type { SecretFields } from '../../shared/secrets/secret-document.ts';

const CONNECT_MS = 10_000;
const PORT = 22;
const { STATUS_CODE } = ssh2.utils.sftp;
const LOOK_MS = 50;
/** A writer holds the file for a few round trips; one that has held it for so long has died. */
const DEAD_MS = 10_000;
const GIVE_UP_MS = 30_000;

/** Files of the account that has logged in; paths from its home where they do not begin with `/`. */
export interface RemoteFiles {
  /**
   * Writes what `change` makes of the text of a file (empty where there is none): all of it or nothing, also where the connection
   * breaks, and one writer after another. Mode 0600. Rejects with ssh2's error, or with ServerUnavailableError where others never let go.
   */
  update(path: string, change: (text: string) => string): Promise<void>;
}

/** Logs in by the key of a secret, at the one host whose key is `hostKey`. Rejects with ssh2's error. */
export async function loggedIn<T>(fields: SecretFields, use: (files: () => Promise<RemoteFiles>) => Promise<T>): Promise<T> {
  const { host, port, username, privateKey, hostKey } = fields;
  const [type = '', base64 = ''] = String(hostKey).split(/\s+/);
  const client = new ssh2.Client();
  try {
    await new Promise<void>((resolve, reject) => {
      client.on('ready', resolve).on('error', reject);
      client.on('close', () => reject(new Error('The connection was closed.')));
      client.connect({
        ...{ host: String(host), port: Number(port ?? PORT), username: String(username), privateKey: String(privateKey) },
        ...{ readyTimeout: CONNECT_MS, authHandler: ['publickey'] },
        // Never on first use: whoever answers must be who the secret says.
        hostVerifier: (key: Buffer) => key.toString('base64') === base64,
        algorithms: { serverHostKey: type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type as 'ssh-ed25519'] },
      });
    });
    return await use(async () => remoteFiles(await promisify<SFTPWrapper>(client.sftp.bind(client))()));
  } finally {
    client.end();
  }
}

function remoteFiles(sftp: SFTPWrapper): RemoteFiles {
  const open = promisify<string, 'wx', Buffer>(sftp.open.bind(sftp));
  const close = promisify<Buffer, void>(sftp.close.bind(sftp));
  const read = promisify<string, 'utf8', string | Buffer>(sftp.readFile.bind(sftp));
  const write = promisify<string, string, { mode: number }>(sftp.writeFile.bind(sftp));
  const rename = promisify<string, string>(sftp.ext_openssh_rename.bind(sftp));
  const remove = promisify<string, void>(sftp.unlink.bind(sftp));
  const age = promisify<string, Stats>(sftp.stat.bind(sftp));

  /** SFTP has no locks, but a file that exists is not made again. */
  const take = async (lock: string): Promise<void> => {
    let since = { mtime: Number.NaN, at: Date.now() };
    for (const end = Date.now() + GIVE_UP_MS; Date.now() < end; await setTimeout(LOOK_MS * (1 + Math.random()))) {
      try {
        return await close(await open(lock, 'wx'));
      } catch (error) {
        // Version 3 of the protocol says no more of a file that is there than that it failed.
        if (codeOf(error) !== STATUS_CODE.FAILURE) throw error;
      }
      const found = await age(lock).catch(absent);
      if (found?.mtime !== since.mtime) since = { mtime: found?.mtime ?? Number.NaN, at: Date.now() };
      else if (Date.now() - since.at > DEAD_MS) await remove(lock).catch(absent);
    }
    throw new ServerUnavailableError('Other writers of the authorised keys kept coming between.');
  };

  return {
    update: async (path, change) => {
      const lock = `${path}.slipway-lock`;
      await take(lock);
      const next = `${path}.${randomUUID()}`;
      try {
        const before = String((await read(path, 'utf8').catch(absent)) ?? '');
        const after = change(before);
        if (after === before) return;
        await write(next, after, { mode: 0o600 });
        await rename(next, path);
      } catch (error) {
        await remove(next).catch(() => {});
        throw error;
      } finally {
        // Another took it for that of a dead one, if it is not there.
        await remove(lock).catch(absent);
      }
    },
  };
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

const absent = (error: unknown): undefined => {
  if (codeOf(error) !== STATUS_CODE.NO_SUCH_FILE) throw error;
};
