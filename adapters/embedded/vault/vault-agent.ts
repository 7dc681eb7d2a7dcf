import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { SecretNotFoundError } from '../../../shared/errors/secret-errors.ts';
import { SlipwayError } from '../../../shared/errors/slipway-error.ts';
import { answerSecretCall, isSecretCall } from './answer-secret-call.ts';
import type { OpenVault } from './open-vault.ts';
import type { VaultAudit } from './vault-audit.ts';
import { type VaultCall, vaultCall } from './vault-calls.ts';
import { VaultSecrets } from './vault-secrets.ts';

export interface VaultAgentOptions {
  readonly vault: OpenVault;
  readonly audit: VaultAudit;
  /** Of the socket; only its owner may connect. */
  readonly socket: string;
  /** Who asks, for the audit: whoever can connect is this user. */
  readonly actor: string;
  /** Of silence until it locks itself, ms. */
  readonly idle: number;
  readonly now: () => number;
  /** Called once when it has locked itself or was locked. */
  readonly onLocked: () => void;
}

/** What is asked again and again by whoever only looks: it tells no value, and keeps nothing unlocked. */
const QUIET: ReadonlySet<VaultCall['call']> = new Set(['status', 'describe']);

/** Holds the key of an unlocked vault, and answers whoever may connect to its socket until nobody has for a while. */
export class VaultAgent {
  readonly #options: VaultAgentOptions;
  readonly #secrets: VaultSecrets;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #timer: NodeJS.Timeout | undefined;
  #locksAt = 0;
  #lettingGo: Promise<void> | undefined;
  /** Whoever asked for the end is answered first. */
  #leaving = false;
  #ended = false;

  private constructor(options: VaultAgentOptions) {
    this.#options = options;
    this.#secrets = new VaultSecrets(options.vault, options.now);
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async listen(options: VaultAgentOptions): Promise<VaultAgent> {
    const agent = new VaultAgent(options);
    await rm(options.socket, { force: true });
    const before = process.umask(0o177);
    try {
      await new Promise<void>((resolve, reject) => {
        agent.#server.once('error', reject).listen(options.socket, resolve);
      });
    } finally {
      process.umask(before);
    }
    await chmod(options.socket, 0o600);
    agent.#restart();
    return agent;
  }

  /** Clears the key and ends. */
  async lock(why: string): Promise<void> {
    await this.#letGo(why);
    if (this.#ended) return;
    this.#ended = true;
    for (const socket of this.#sockets) socket.end();
    this.#options.onLocked();
  }

  /** Resolves when the key is cleared, nobody listens, and nothing is written any more: whoever is told of it may begin anew. */
  #letGo(why: string): Promise<void> {
    clearTimeout(this.#timer);
    this.#lettingGo ??= (async () => {
      await this.#options.vault.lock();
      await this.#told('lock', undefined, why);
      // This takes the socket away as well, before it closes: never that of an agent that came after it.
      this.#server.close();
    })();
    return this.#lettingGo;
  }

  #restart(): void {
    clearTimeout(this.#timer);
    this.#locksAt = this.#options.now() + this.#options.idle;
    this.#timer = setTimeout(() => void this.lock('nobody asked for a while'), this.#options.idle);
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY });
    let turn: Promise<unknown> = Promise.resolve();
    lines.on('line', (line) => {
      turn = turn.then(async () => {
        const answer = await this.#answered(line);
        if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`);
        if (this.#leaving) await this.lock('asked to');
      });
    });
  }

  async #answered(line: string): Promise<unknown> {
    const parsed = vaultCall.safeParse(parsedLine(line));
    if (!parsed.success) {
      const [problem] = parsed.error.issues;
      const where = problem?.path.join('.') ?? '';
      return refusal('VAULT_CALL', `The call cannot be understood: ${where} ${problem?.message ?? ''}`.trim());
    }
    const call = parsed.data;
    const secret = 'name' in call ? call.name : undefined;
    try {
      if (this.#lettingGo) return refusal('VAULT_LOCKED', 'The vault is locked.', 'slipway vault unlock');
      if (!QUIET.has(call.call)) this.#restart();
      const answer = await this.#do(call);
      if (!QUIET.has(call.call) && call.call !== 'lock') await this.#told(call.call, secret, 'given');
      return answer;
    } catch (error) {
      const known = error instanceof SlipwayError;
      await this.#told(call.call, secret, known ? error.code : 'FAILED');
      return known ? refusal(error.code, error.message, error.next) : refusal('VAULT_FAILED', 'The vault could not do it.');
    }
  }

  async #do(call: VaultCall): Promise<unknown> {
    const { vault } = this.#options;
    if (isSecretCall(call)) return answerSecretCall(this.#secrets, call);
    switch (call.call) {
      case 'list':
        return this.#list();
      case 'get': {
        const found = await this.#secrets.read(call.name, { stage: call.stage });
        if (!found)
          throw new SecretNotFoundError(`The vault has no ${call.name} (${call.stage}).`, { next: 'slipway vault list' });
        return { name: call.name, version: found.version, text: found.text };
      }
      case 'put':
        return { name: call.name, version: await this.#secrets.set(call.name, call.text) };
      case 'remove':
        await this.#secrets.remove(call.name);
        return { name: call.name };
      case 'rotate-key': {
        const passphrase = Buffer.from(call.passphrase);
        await vault.rotateKey(passphrase).finally(() => passphrase.fill(0));
        return { rotated: true };
      }
      case 'status':
        return { unlocked: true, locksAt: this.#locksAt };
      case 'lock':
        await this.#letGo('asked to');
        this.#leaving = true;
        return { locked: true };
    }
  }

  #list() {
    const broken = this.#options.vault.damaged();
    const whys = (name: string) => broken.filter(({ secret }) => secret === name).map(({ why }) => why);
    const secrets = this.#options.vault.secrets().map((name) => {
      const damaged = whys(name);
      return { name, labels: damaged.length > 0 ? {} : (this.#options.vault.secret(name)?.labels ?? {}), damaged };
    });
    return { secrets, damaged: whys('') };
  }

  #told(action: string, secret: string | undefined, outcome: string): Promise<void> {
    const { audit, actor, now } = this.#options;
    return audit.append({ at: now(), actor, action, outcome, ...(secret === undefined ? {} : { secret }) });
  }
}

const refusal = (code: string, message: string, next?: string) => ({
  error: { code, message, ...(next === undefined ? {} : { next }) },
});

function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
