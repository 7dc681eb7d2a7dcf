import ssh2, { type ParsedKey } from 'ssh2';
import { RotationStepError, ServerUnavailableError } from '../../shared/errors/secret-errors.ts';
import type { RotatedSystem } from '../../shared/secrets/rotation/rotated-system.ts';
import type { SecretFields } from '../../shared/secrets/secret-document.ts';
import { holdsKey, withKey, withoutKey } from './authorized-keys.ts';
import { ed25519Pair } from './ed25519-pair.ts';
import { loggedIn } from './ssh-session.ts';

/**
 * A key pair by which an account of a server is logged in to (`host`, `port`, `username`, `privateKey`, and `hostKey` as in the server's
 * `/etc/ssh/ssh_host_*_key.pub`). The account itself changes its `authorized_keys` over SFTP (`authorizedKeysFile`, from its home). New
 * keys are Ed25519, and made here: a rule for passwords says nothing about them.
 */
export const sshKey: RotatedSystem = {
  name: 'ssh-key',
  overlaps: true,
  problemOf,
  identityOf: ({ host, port, username, hostKey, authorizedKeysFile }) =>
    JSON.stringify([host, Number(port ?? 22), username, String(hostKey).split(/\s+/).slice(0, 2), authorizedKeysFile ?? null]),
  next: () => {
    const pair = ed25519Pair('slipway-rotation');
    return { privateKey: pair.private, publicKey: pair.public };
  },
  admits,
  install: ({ current, pending, by }) =>
    edit(by, pending, (text) => withKey(text, base64Of(current), { type: keyOf(pending).type, base64: base64Of(pending) })),
  revoke: ({ old, current, by }) =>
    edit(by, current, (text) => {
      if (holdsKey(text, base64Of(current))) return withoutKey(text, base64Of(old));
      throw new RotationStepError('The current key is not in the file of authorised keys; nothing was taken out of it.', {
        next: 'Name the file by `authorizedKeysFile`, as the server has it.',
      });
    }),
};

function problemOf(fields: SecretFields): string | undefined {
  for (const name of ['host', 'username', 'privateKey'] as const)
    if (typeof fields[name] !== 'string' || fields[name] === '') return `it has no ${name}.`;
  const { privateKey, hostKey, authorizedKeysFile } = fields;
  const own = ssh2.utils.parseKey(String(privateKey));
  if (own instanceof Error || !own.isPrivateKey()) return 'its privateKey is no private key without a passphrase.';
  if (typeof hostKey !== 'string' || ssh2.utils.parseKey(hostKey) instanceof Error)
    return 'it has no hostKey (type and base64, as in ssh_host_ed25519_key.pub): no host is trusted on first use.';
  if (authorizedKeysFile !== undefined && typeof authorizedKeysFile !== 'string') return 'its authorizedKeysFile is no path.';
  return undefined;
}

function keyOf({ privateKey }: SecretFields): ParsedKey {
  const key = ssh2.utils.parseKey(String(privateKey));
  if (key instanceof Error) throw new RotationStepError('The secret holds no private key.');
  return key;
}

const base64Of = (fields: SecretFields): string => keyOf(fields).getPublicSSH().toString('base64');

async function admits(fields: SecretFields): Promise<boolean> {
  try {
    await loggedIn(fields, async () => {});
    return true;
  } catch (error) {
    if (levelOf(error) === 'client-authentication') return false;
    throw unavailable(error);
  }
}

async function edit(by: SecretFields, whose: SecretFields, change: (text: string) => string): Promise<void> {
  if (by['username'] !== whose['username'])
    throw new RotationStepError('Authorised keys are changed by their own account.', { next: 'Leave `masterarn` out.' });
  const path = String(whose['authorizedKeysFile'] ?? '.ssh/authorized_keys');
  try {
    await loggedIn(by, async (files) => (await files()).update(path, change));
  } catch (error) {
    if (error instanceof RotationStepError || error instanceof ServerUnavailableError) throw error;
    throw unavailable(error);
  }
}

const levelOf = (error: unknown): string => (error instanceof Error && 'level' in error ? String(error.level) : '');

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message.replace(/\.$/, '') : 'no answer in time');

const unavailable = (error: unknown): ServerUnavailableError => {
  const wrongHost = error instanceof Error && /verification failed/i.test(error.message);
  return wrongHost
    ? new ServerUnavailableError('Another host key than that of the secret was shown; nothing was told to that host.', {
        next: 'Find out who answers there. Where the server has a new key, put it into the secret.',
      })
    : new ServerUnavailableError(`The SSH server could not be asked (${levelOf(error) || wordsOf(error)}).`, {
        next: 'Look at the server, its host key and its network; it is tried again.',
      });
};
