import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import * as z from 'zod';
import { askVault, VaultRefusedError } from '../../adapters/embedded/vault/ask-vault.ts';
import { OpenVault } from '../../adapters/embedded/vault/open-vault.ts';
import { VaultAudit } from '../../adapters/embedded/vault/vault-audit.ts';
import { vaultRefusal } from '../../adapters/embedded/vault/vault-calls.ts';
import { vaultPaths } from '../../adapters/embedded/vault/vault-paths.ts';
import { UsageError } from '../cli-errors.ts';
import { EXIT } from '../exit-codes.ts';
import { parseDuration, parseWhole } from '../options.ts';
import { moment } from '../render/figures.ts';
import { table } from '../render/table.ts';
import { DATA_DIR, type Session } from '../session.ts';

const AGENT = fileURLToPath(new URL('../../local/vault-agent.ts', import.meta.url));
const IDLE_MS = 1_800_000;
const SHORTEST = 12;

/** No secret is ever an argument: those are in the history of the shell, and in the list of processes. */
export function addVault(program: Command, session: Session): Command {
  const vault = program.command('vault').description('secrets of the embedded control plane, sealed in one file of --data-dir');
  vault
    .command('init')
    .description('make a vault, with a passphrase that is asked for')
    .action(() => init(session));
  vault
    .command('unlock')
    .description('let an agent hold the key until nobody has asked for a while')
    .option('--for <duration>', 'of silence until it locks itself (default: 30m)', parseDuration)
    .action(({ for: idle = IDLE_MS }: { for?: number }) => unlock(session, idle));
  vault
    .command('lock')
    .description('clear the key')
    .action(async () => {
      await askVault(pathsOf(session).socket, { call: 'lock' });
      session.result({ locked: true }, () => ['The vault is locked.']);
    });
  vault
    .command('status')
    .description('tell whether it is unlocked, and until when')
    .action(async () => {
      const { locksAt } = await askVault(pathsOf(session).socket, { call: 'status' });
      session.result({ unlocked: true, locksAt }, () => [`Unlocked; it locks itself at ${moment(locksAt)} unless it is used.`]);
    });
  vault
    .command('put <name>')
    .description('put what comes by standard input, without its last line break, as the current value')
    .requiredOption('--stdin', 'read the value there: it is never an argument')
    .action((name: string) => put(session, name));
  vault
    .command('get <name>')
    .description('print the current value')
    .option('--stage <label>', 'the version with this label', 'AWSCURRENT')
    .action(async (name: string, { stage }: { stage: string }) => {
      const found = await askVault(pathsOf(session).socket, { call: 'get', name, stage });
      if (session.json) session.result(found, () => []);
      else session.shell.out.write(session.shell.out.isTerminal ? `${found.text}\n` : found.text);
    });
  vault
    .command('list')
    .description('list the secrets and the labels of their versions')
    .action(() => list(session));
  vault
    .command('remove <name>')
    .description('take a secret out, with every version')
    .action(async (name: string) => {
      await askVault(pathsOf(session).socket, { call: 'remove', name });
      session.result({ removed: name }, (safe) => [`${safe.removed} is gone.`]);
    });
  vault
    .command('rotate-key')
    .description('seal everything anew, under a new key and a new passphrase')
    .action(async () => {
      const passphrase = await newPassphrase(session);
      try {
        await askVault(pathsOf(session).socket, { call: 'rotate-key', passphrase: passphrase.toString('utf8') });
      } finally {
        passphrase.fill(0);
      }
      session.result({ rotated: true }, () => [
        'Everything is sealed under the new key; old copies of the file open with the old passphrase only.',
      ]);
    });
  vault
    .command('audit')
    .description('list who asked for what, and check that nothing was changed')
    .option('--last <n>', 'how many', parseWhole(1, 100_000), 50)
    .action(({ last }: { last: number }) => audit(session, last));
  return vault;
}

const pathsOf = ({ shell, dataDir = DATA_DIR }: Session) => vaultPaths(resolve(shell.cwd, dataDir));

async function init(session: Session): Promise<void> {
  const paths = pathsOf(session);
  await mkdir(resolve(paths.vault, '..'), { recursive: true, mode: 0o700 });
  const passphrase = await newPassphrase(session);
  try {
    await (await OpenVault.create(paths.vault, passphrase)).lock();
  } finally {
    passphrase.fill(0);
  }
  session.result({ vault: paths.vault }, (safe) => [`Made ${safe.vault}.`, `Next:    ${session.commandLine('vault', 'unlock')}`]);
}

async function newPassphrase(session: Session): Promise<Buffer> {
  const passphrase = await hidden(session, 'New passphrase: ');
  if (passphrase.length < SHORTEST) {
    passphrase.fill(0);
    throw new UsageError(`A passphrase has at least ${SHORTEST} characters.`, { next: 'Take a few words.' });
  }
  const again = session.shell.askHidden ? await hidden(session, 'Again: ') : passphrase;
  const same = passphrase.equals(again);
  if (again !== passphrase) again.fill(0);
  if (same) return passphrase;
  passphrase.fill(0);
  throw new UsageError('The two are not the same.', { next: 'Try again.' });
}

/** At a terminal it is asked for; elsewhere it is the first line of standard input. */
async function hidden({ shell }: Session, question: string): Promise<Buffer> {
  if (shell.askHidden) return shell.askHidden(question);
  const input = await shell.readInput();
  const end = input.indexOf('\n');
  const line = Buffer.from(input.subarray(0, end < 0 ? undefined : end));
  input.fill(0);
  return line;
}

const ready = z.object({ ready: z.literal(true), damaged: z.number() });

async function unlock(session: Session, idle: number): Promise<void> {
  const { shell, dataDir = DATA_DIR } = session;
  const passphrase = await hidden(session, 'Passphrase: ');
  const agent = spawn(process.execPath, [AGENT, resolve(shell.cwd, dataDir), String(idle)], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  agent.stdin.end(passphrase);
  const line = await firstLine(agent.stdout);
  passphrase.fill(0);
  const refused = vaultRefusal.safeParse(line);
  if (refused.success) {
    const { code, message, next } = refused.data.error;
    throw new VaultRefusedError(code, message, next);
  }
  const { damaged } = ready.parse(line);
  agent.stdout.destroy();
  agent.unref();
  session.result({ unlocked: true, damaged }, (safe, paint) => [
    `Unlocked; it locks itself after ${Math.round(idle / 60_000)} min in which nobody asks.`,
    ...(safe.damaged > 0 ? [paint.red(`${safe.damaged} entries are damaged: ${session.commandLine('vault', 'list')}`)] : []),
  ]);
}

async function firstLine(input: NodeJS.ReadableStream): Promise<unknown> {
  for await (const line of createInterface({ input })) return JSON.parse(line);
  throw new VaultRefusedError('VAULT_FAILED', 'The agent ended before it said anything.', undefined);
}

async function put(session: Session, name: string): Promise<void> {
  if (session.shell.askHidden) session.note('The value, then Ctrl-D:');
  const input = await session.shell.readInput();
  const text = input.toString('utf8').replace(/\r?\n$/, '');
  input.fill(0);
  const made = await askVault(pathsOf(session).socket, { call: 'put', name, text });
  session.result(made, (safe) => [`${safe.name} has a new current value (version ${safe.version}).`]);
}

async function list(session: Session): Promise<void> {
  const found = await askVault(pathsOf(session).socket, { call: 'list' });
  if (found.damaged.length > 0 || found.secrets.some(({ damaged }) => damaged.length > 0)) session.exitCode = EXIT.error;
  session.result(found, ({ secrets, damaged }, paint) => [
    ...(secrets.length === 0 ? ['There are no secrets.'] : []),
    ...table(
      secrets.map(({ name, labels, damaged: why }) => [
        name,
        Object.keys(labels).sort().join(', '),
        why.length === 0 ? '' : paint.red(`damaged: ${why.join(', ')}`),
      ]),
    ),
    ...damaged.map((why) => paint.red(`An entry that belongs to nothing: ${why}`)),
  ]);
}

async function audit(session: Session, last: number): Promise<void> {
  const { accesses, brokenAt } = await new VaultAudit(pathsOf(session).audit).read();
  if (brokenAt !== undefined) session.exitCode = EXIT.error;
  const shown = accesses.slice(-last);
  session.result({ accesses: shown, ...(brokenAt === undefined ? {} : { brokenAt }) }, (safe, paint) => [
    ...table(safe.accesses.map(({ at, actor, action, secret, outcome }) => [moment(at), actor, action, secret ?? '', outcome])),
    ...(brokenAt === undefined ? [] : [paint.red(`The audit is not as it was written from line ${brokenAt} on.`)]),
  ]);
}
