import { existsSync, readdirSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { SecretFields } from '../../../shared/secrets/secret-document.ts';
import { freePort } from '../../contracts/free-port.ts';
import { removeFolder, run, ServerProcess, serverFolder } from './server-process.ts';

const LIB = '/usr/lib/postgresql';
const bin = (): string | undefined =>
  existsSync(LIB)
    ? readdirSync(LIB)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(LIB, version, 'bin'))
        .find((folder) => existsSync(join(folder, 'initdb')))
    : undefined;

/** Why there is no PostgreSQL, in one line; undefined where there is one. */
export const missingPostgreSql = (): string | undefined => (bin() ? undefined : 'apt-get install postgresql');

const MASTER = { username: 'master', password: 'master-password' };

/** PostgreSQL on a free port, with passwords by SCRAM, a log of every statement, and a role `app` that owns the database `shop`. */
export class PostgreSqlServer {
  readonly folder: string;
  readonly port: number;
  readonly #process = new ServerProcess();

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async start(): Promise<PostgreSqlServer> {
    const server = new PostgreSqlServer(await serverFolder('postgresql', 'postgres'), await freePort());
    await server.#prepare();
    await server.up();
    await server.sql(`CREATE ROLE app LOGIN PASSWORD 'first-password'`);
    await server.sql('CREATE DATABASE shop OWNER app');
    return server;
  }

  get address() {
    return { engine: 'postgres', host: '127.0.0.1', port: this.port, dbname: 'shop' };
  }

  get first(): SecretFields {
    return { ...this.address, username: 'app', password: 'first-password' };
  }

  get master(): SecretFields {
    return { ...this.address, ...MASTER };
  }

  async up(): Promise<void> {
    const settings = [
      '-c',
      `port=${this.port}`,
      '-c',
      `unix_socket_directories=${this.folder}`,
      '-c',
      'listen_addresses=127.0.0.1',
    ];
    const command = [join(bin() ?? '', 'postgres'), '-D', this.#data, ...settings];
    await this.#process.start('postgres', command, async () => (await this.sql('SELECT 1')).length === 1);
  }

  /** At once, as a crash would. */
  async down(): Promise<void> {
    await this.#process.stop('SIGQUIT');
  }

  async close(): Promise<void> {
    await this.#process.stop('SIGINT');
    await removeFolder(this.folder);
  }

  /** As the master, in the database `postgres`, or as and where `fields` say. */
  async sql(
    text: string,
    fields: SecretFields = { ...this.address, dbname: 'postgres', ...MASTER },
  ): Promise<readonly unknown[]> {
    const { host, port, dbname, username, password } = fields;
    const client = new pg.Client({
      ...{ host: String(host), port: Number(port), database: String(dbname) },
      ...{ user: String(username), password: String(password), connectionTimeoutMillis: 5000 },
    });
    client.on('error', () => {});
    try {
      await client.connect();
      return (await client.query(text)).rows as unknown[];
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Everything that the server has logged. */
  log(): Promise<string> {
    return readFile(join(this.folder, 'log'), 'utf8');
  }

  /** Its settings from the next start on. */
  async set(settings: string): Promise<void> {
    await appendFile(join(this.#data, 'postgresql.conf'), `${settings}\n`);
  }

  get #data(): string {
    return join(this.folder, 'data');
  }

  async #prepare(): Promise<void> {
    const password = join(this.folder, 'password');
    await writeFile(password, MASTER.password, { mode: 0o644 });
    const made = ['-D', this.#data, '-U', MASTER.username, '--pwfile', password, '--auth', 'scram-sha-256', '--no-sync'];
    run('postgres', [join(bin() ?? '', 'initdb'), ...made]);
    await this.set(
      [
        ...['log_statement = all', 'log_min_error_statement = debug5', 'log_connections = on', 'logging_collector = on'],
        ...[`log_directory = '${this.folder}'`, `log_filename = 'log'`, 'fsync = off', 'max_connections = 120'],
      ].join('\n'),
    );
  }
}
