import { askVault } from '../../adapters/embedded/vault/ask-vault.ts';
import { OpenVault } from '../../adapters/embedded/vault/open-vault.ts';
import { VaultAgent } from '../../adapters/embedded/vault/vault-agent.ts';
import { VaultAudit } from '../../adapters/embedded/vault/vault-audit.ts';
import { vaultPaths } from '../../adapters/embedded/vault/vault-paths.ts';

const passphrase = () => Buffer.from('a long enough passphrase');

/** The vault of a data directory, and its agent in this process. */
export class UnlockedVault {
  readonly paths: ReturnType<typeof vaultPaths>;
  #agent: VaultAgent | undefined;

  private constructor(dataDir: string) {
    this.paths = vaultPaths(dataDir);
  }

  static async open(dataDir: string): Promise<UnlockedVault> {
    const vault = new UnlockedVault(dataDir);
    await (await OpenVault.create(vault.paths.vault, passphrase())).lock();
    await vault.unlock();
    return vault;
  }

  async unlock(): Promise<void> {
    this.#agent = await VaultAgent.listen({
      vault: await OpenVault.unlock(this.paths.vault, passphrase()),
      audit: new VaultAudit(this.paths.audit),
      ...{ socket: this.paths.socket, actor: 'tester', idle: 600_000, now: Date.now, onLocked: () => {} },
    });
  }

  async lock(): Promise<void> {
    await this.#agent?.lock('asked to');
  }

  put(name: string, value: object): Promise<void> {
    return this.putText(name, JSON.stringify(value));
  }

  async putText(name: string, text: string): Promise<void> {
    await askVault(this.paths.socket, { call: 'put', name, text });
  }

  async get(name: string): Promise<Record<string, unknown>> {
    const { text } = await askVault(this.paths.socket, { call: 'get', name });
    return JSON.parse(text) as Record<string, unknown>;
  }
}
