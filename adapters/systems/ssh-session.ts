import { promisify } from 'node:util';
import ssh2, { type SFTPWrapper } from 'ssh2';
import type { SecretFields } from '../../shared/secrets/secret-document.ts';

const CONNECT_MS = 10_000;
const PORT = 22;

/** Files of the account that has logged in; paths from its home where they do not begin with `/`. */
export interface RemoteFiles {
  /** Undefined where there is none. */
  read(path: string): Promise<string | undefined>;
  /** All of it or nothing, also where the connection breaks. Mode 0600. */
  replace(path: string, text: string): Promise<void>;
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
  const write = promisify<string, string, { mode: number }>(sftp.writeFile.bind(sftp));
  return {
    read: (path) =>
      new Promise((resolve, reject) => {
        sftp.readFile(path, 'utf8', (error, text) => {
          if (!error) resolve(String(text));
          else if ('code' in error && error.code === ssh2.utils.sftp.STATUS_CODE.NO_SUCH_FILE) resolve(undefined);
          else reject(error);
        });
      }),
    replace: async (path, text) => {
      const next = `${path}.slipway-rotation`;
      await write(next, text, { mode: 0o600 });
      await promisify<string, string>(sftp.ext_openssh_rename.bind(sftp))(next, path);
    },
  };
}
