import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { SecretFields } from '../../../shared/secrets/secret-document.ts';
import { freePort } from '../../contracts/free-port.ts';
import { removeFolder, ServerProcess, serverFolder } from './server-process.ts';

const SERVER = '/usr/bin/redis-server';

/** Why there is no Redis, in one line; undefined where there is one. */
export const missingRedis = (): string | undefined => (existsSync(SERVER) ? undefined : 'apt-get install redis-server');

const MASTER = { username: 'master', password: 'master-password' };

/** Redis on a free port, with an ACL file unless told otherwise, and a log of every command that a client sends. */
export class RedisServer {
  readonly folder: string;
  readonly port: number;
  readonly #process = new ServerProcess();
  readonly #seen: string[] = [];
  #monitor: Redis | undefined;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async start({ aclFile = true } = {}): Promise<RedisServer> {
    const server = new RedisServer(await serverFolder('redis', 'redis'), await freePort());
    const master = `user default off\nuser ${MASTER.username} on >${MASTER.password} ~* &* +@all\n`;
    await writeFile(server.#file('acl'), aclFile ? master : '', { mode: 0o666 });
    const users = aclFile ? `aclfile ${server.#file('acl')}\n` : master;
    await writeFile(server.#file('conf'), `${users}logfile ${server.#file('log')}\nloglevel debug\nslowlog-log-slower-than 0\n`);
    await server.up();
    return server;
  }

  get address() {
    return { engine: 'redis', host: '127.0.0.1', port: this.port };
  }

  get master(): SecretFields {
    return { ...this.address, ...MASTER };
  }

  async up(): Promise<void> {
    const command = [SERVER, this.#file('conf'), '--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder];
    await this.#process.start('redis', [...command, '--save', ''], async () => (await this.call('PING')) === 'PONG');
    this.#monitor = await this.#session(this.master);
    const monitor = await this.#monitor.monitor();
    monitor.on('error', () => {});
    monitor.on('monitor', (_time: string, words: string[]) => this.#seen.push(words.join(' ')));
    this.#monitor.disconnect();
    this.#monitor = monitor;
  }

  /** At once, as a crash would. */
  async down(): Promise<void> {
    this.#monitor?.disconnect();
    await this.#process.stop('SIGKILL');
  }

  async close(): Promise<void> {
    await this.down();
    await removeFolder(this.folder);
  }

  /** As the master. */
  call(command: string, ...words: string[]): Promise<unknown> {
    return this.callAs(this.master, command, ...words);
  }

  async callAs(fields: SecretFields, command: string, ...words: string[]): Promise<unknown> {
    const session = await this.#session(fields);
    try {
      return await session.call(command, ...words);
    } finally {
      session.disconnect();
    }
  }

  /** Everything that the server has logged or kept: MONITOR, the slow log, the ACL log and the ACL file. */
  async log(): Promise<string> {
    const told = [await this.call('SLOWLOG', 'GET', '-1'), await this.call('ACL', 'LOG', '100')];
    const files = [await readFile(this.#file('log'), 'utf8'), await readFile(this.#file('acl'), 'utf8')];
    return [...this.#seen, JSON.stringify(told), ...files].join('\n');
  }

  #file(name: string): string {
    return join(this.folder, name);
  }

  async #session({ host, port, username, password }: SecretFields): Promise<Redis> {
    const session = new Redis({
      ...{ host: String(host), port: Number(port), username: String(username), password: String(password) },
      ...{ lazyConnect: true, retryStrategy: () => null, connectTimeout: 5000, maxRetriesPerRequest: 0, enableReadyCheck: false },
    });
    session.on('error', () => {});
    await session.connect();
    return session;
  }
}
