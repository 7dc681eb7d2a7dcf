import { join } from 'node:path';
import { userName } from '../adapters/embedded/user-name.ts';
import { askVault } from '../adapters/embedded/vault/ask-vault.ts';
import { OpenVault } from '../adapters/embedded/vault/open-vault.ts';
import { UnlockLimits } from '../adapters/embedded/vault/unlock-limits.ts';
import { VaultAgent } from '../adapters/embedded/vault/vault-agent.ts';
import { VaultAudit } from '../adapters/embedded/vault/vault-audit.ts';
import { vaultPaths } from '../adapters/embedded/vault/vault-paths.ts';
import { SlipwayError } from '../shared/errors/slipway-error.ts';

/**
 * The process that holds the key: `node local/vault-agent.ts DATA_DIR IDLE_MS`, with the passphrase on its standard input. Says in
 * one line of JSON that it listens, or why not, and runs on until it locks itself.
 */
async function main(dataDir: string, idle: number): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const passphrase = Buffer.concat(chunks);
  for (const chunk of chunks) chunk.fill(0);
  const paths = vaultPaths(dataDir);
  const audit = new VaultAudit(paths.audit);
  const actor = userName();
  const told = (action: string, outcome: string) => audit.append({ at: Date.now(), actor, action, outcome });
  try {
    const limits = new UnlockLimits(paths.attempts, Date.now);
    const open = () => OpenVault.unlock(paths.vault, passphrase);
    let vault = await limits.attempt(open);
    if (await endsAnother(paths.socket)) {
      // That one may have written meanwhile.
      await vault.lock();
      vault = await open();
    }
    const onLocked = () => process.exit(0);
    await VaultAgent.listen({ vault, audit, socket: paths.socket, actor, idle, now: Date.now, onLocked });
    await told('unlock', 'given');
    say({ ready: true, damaged: vault.damaged().length });
  } catch (error) {
    const known = error instanceof SlipwayError;
    await told('unlock', known ? error.code : 'FAILED').catch(() => {});
    const { code, message, next } = known ? error : { code: 'VAULT_FAILED', message: String(error), next: undefined };
    say({ error: { code, message, ...(next === undefined ? {} : { next }) } });
    process.exitCode = 1;
  } finally {
    passphrase.fill(0);
  }
}

/** Two agents of one vault would not know of each other's writes. False: there is no other. */
const endsAnother = (socket: string): Promise<boolean> =>
  askVault(socket, { call: 'lock' }).then(
    () => true,
    () => false,
  );

/** The parent reads one line and leaves; from then on nobody is there to read. */
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

process.stdout.on('error', () => {});
const [dataDir = join('.slipway'), idle = '1800000'] = process.argv.slice(2);
await main(dataDir, Number(idle));
