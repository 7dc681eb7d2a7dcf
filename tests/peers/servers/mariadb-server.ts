import { existsSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Connection, createConnection } from 'mysql2/promise';
import type { SecretFields } from '../../../shared/secrets/secret-document.ts';
import { freePort } from '../../contracts/free-port.ts';
import { removeFolder, run, ServerProcess, serverFolder } from './server-process.ts';

const SERVER = '/usr/sbin/mariadbd';

/** Why there is no MariaDB, in one line; undefined where there is one. */
export const missingMariaDb = (): string | undefined => (existsSync(SERVER) ? undefined : 'apt-get install mariadb-server');

const MASTER = { username: 'master', password: 'master-password' };

/** MariaDB on a free port, with a log of every statement, and users that `user` makes. */
export class MariaDbServer {
  readonly folder: string;
  readonly port: number;
  readonly #process = new ServerProcess();

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async start(): Promise<MariaDbServer> {
    const server = new MariaDbServer(await serverFolder('mariadb', 'mysql'), await freePort());
    await server.set('[mariadbd]');
    const made = [
      `--datadir=${server.#data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
    ];
    run('mysql', ['mariadb-install-db', '--no-defaults', ...made]);
    await server.#listen(() => server.#ask(server.#rootSocket, 'SELECT 1'));
    await server.#ask(server.#rootSocket, `CREATE USER master@'%' IDENTIFIED BY '${MASTER.password}'`);
    await server.#ask(server.#rootSocket, `GRANT ALL ON *.* TO master@'%' WITH GRANT OPTION`);
    await server.sql('CREATE DATABASE shop');
    return server;
  }

  get address() {
    return { engine: 'mariadb', host: '127.0.0.1', port: this.port };
  }

  get master(): SecretFields {
    return { ...this.address, ...MASTER };
  }

  async up(): Promise<void> {
    await this.#listen(() => this.sql('SELECT 1'));
  }

  /** At once, as a crash would. */
  async down(): Promise<void> {
    await this.#process.stop('SIGKILL');
  }

  async close(): Promise<void> {
    await this.#process.stop('SIGKILL');
    await removeFolder(this.folder);
  }

  /** As the master, or as `fields` say. */
  sql(text: string, { host, port, username, password }: SecretFields = this.master): Promise<readonly unknown[]> {
    const to = { host: String(host), port: Number(port), connectTimeout: 5000 };
    return this.#ask({ ...to, user: String(username), password: String(password) }, text);
  }

  /** Takes every connection that it has for the master; answers how they are given back. */
  async fill(): Promise<() => void> {
    const { host, port, username: user, password } = { ...this.address, ...MASTER };
    const held: Connection[] = [];
    const more = async (): Promise<boolean> => {
      try {
        held.push((await createConnection({ host, port, user, password })).on('error', () => {}));
        return true;
      } catch {
        return false;
      }
    };
    while (await more());
    return () => {
      for (const session of held) session.destroy();
    };
  }

  /** Everything that the server has logged. */
  async log(): Promise<string> {
    return (await readFile(join(this.folder, 'statements'), 'utf8')) + (await readFile(join(this.folder, 'errors.err'), 'utf8'));
  }

  /** Its settings from the next start on. */
  async set(settings: string): Promise<void> {
    await appendFile(join(this.folder, 'my.cnf'), `${settings}\n`);
  }

  get #data(): string {
    return join(this.folder, 'data');
  }

  get #rootSocket() {
    return { socketPath: join(this.folder, 'socket'), user: 'root' };
  }

  async #listen(ready: () => Promise<unknown>): Promise<void> {
    const options = [
      ...[`--datadir=${this.#data}`, `--socket=${join(this.folder, 'socket')}`, `--port=${this.port}`],
      ...['--bind-address=127.0.0.1', '--skip-name-resolve', '--innodb-flush-log-at-trx-commit=0', '--log-warnings=9'],
      ...[
        '--general-log',
        `--general-log-file=${join(this.folder, 'statements')}`,
        `--log-error=${join(this.folder, 'errors.err')}`,
      ],
    ];
    const command = [SERVER, `--defaults-file=${join(this.folder, 'my.cnf')}`, ...options];
    await this.#process.start('mysql', command, async () => (await ready()) !== undefined);
  }

  async #ask(to: Parameters<typeof createConnection>[0] & object, text: string): Promise<readonly unknown[]> {
    const session = await createConnection(to);
    session.on('error', () => {});
    try {
      const [rows] = await session.query(text);
      return Array.isArray(rows) ? rows : [];
    } finally {
      session.destroy();
    }
  }
}
