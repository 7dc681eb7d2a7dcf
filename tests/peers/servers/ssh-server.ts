import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { ed25519Pair } from '../../../adapters/systems/ed25519-pair.ts';
import type { SecretFields } from '../../../shared/secrets/secret-document.ts';
import { freePort } from '../../contracts/free-port.ts';
import { removeFolder, ServerProcess, serverFolder } from './server-process.ts';

const SERVER = '/usr/sbin/sshd';

/** Why there is no OpenSSH, in one line; undefined where there is one. */
export const missingSsh = (): string | undefined => (existsSync(SERVER) ? undefined : 'apt-get install openssh-server');

/** OpenSSH on a free port, for the account that runs this; its authorised keys are in a file of its own. */
export class SshServer {
  readonly folder: string;
  readonly port: number;
  readonly username = userInfo().username;
  readonly #host = ed25519Pair();
  readonly #process = new ServerProcess();

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async start(): Promise<SshServer> {
    const server = new SshServer(await serverFolder('ssh', userInfo().username), await freePort());
    await writeFile(join(server.folder, 'host'), server.#host.private, { mode: 0o600 });
    await writeFile(server.authorizedKeys, '# kept by hand\n', { mode: 0o600 });
    // Where it runs as root it wants its empty folder.
    if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
    await server.up();
    return server;
  }

  get address() {
    return { host: '127.0.0.1', port: this.port, hostKey: this.#host.public, authorizedKeysFile: this.authorizedKeys };
  }

  get authorizedKeys(): string {
    return join(this.folder, 'authorized_keys');
  }

  /** A key that is authorised from now on, by a line with these options. */
  async authorised(options = ''): Promise<SecretFields> {
    const pair = ed25519Pair();
    await appendFile(this.authorizedKeys, `${options}${pair.public.trim()} by-hand\n`);
    return { ...this.address, username: this.username, privateKey: pair.private, publicKey: pair.public };
  }

  /** `more`: settings of `sshd_config` in place of its usual ones. */
  async up(more: Readonly<Record<string, string | number>> = {}): Promise<void> {
    const settings = {
      ...{ Port: this.port, ListenAddress: '127.0.0.1', HostKey: join(this.folder, 'host'), PidFile: 'none' },
      ...{ AuthorizedKeysFile: this.authorizedKeys, StrictModes: 'no', UsePAM: 'no', PasswordAuthentication: 'no' },
      ...{ KbdInteractiveAuthentication: 'no', PermitRootLogin: 'prohibit-password', Subsystem: 'sftp internal-sftp' },
      ...{ LogLevel: 'DEBUG3', MaxStartups: 200, ...more },
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
    await writeFile(join(this.folder, 'config'), lines.join(''));
    const command = [SERVER, '-D', '-f', join(this.folder, 'config'), '-E', join(this.folder, 'log')];
    await this.#process.start(this.username, command, () => listens(this.port));
  }

  /** At once, as a crash would. */
  async down(): Promise<void> {
    await this.#process.stop('SIGKILL');
  }

  async close(): Promise<void> {
    await this.down();
    await removeFolder(this.folder);
  }

  /** Everything that the server has logged, and the keys that it lets in. */
  async log(): Promise<string> {
    return (await readFile(join(this.folder, 'log'), 'utf8')) + (await readFile(this.authorizedKeys, 'utf8'));
  }
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('data', () => resolve(true)).once('error', () => resolve(false));
    socket.once('data', () => socket.destroy());
  });
