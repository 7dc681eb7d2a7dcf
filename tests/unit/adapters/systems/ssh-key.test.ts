import { describe, expect, it } from 'vitest';
import { holdsKey, withKey, withoutKey } from '../../../../adapters/systems/authorized-keys.ts';
import { ed25519Pair } from '../../../../adapters/systems/ed25519-pair.ts';
import { sshKey } from '../../../../adapters/systems/ssh-key.ts';

const FILE = '# mine\n\nrestrict,command="a b" ssh-rsa AAA+/= me\nssh-ed25519 BBB you\n';

describe('a file of authorised keys', () => {
  it('gets a key with the options of the one that it stands beside, once', () => {
    const two = withKey(FILE, 'AAA+/=', { type: 'ssh-ed25519', base64: 'CCC' });
    expect(two).toBe(`${FILE}restrict,command="a b" ssh-ed25519 CCC slipway-rotation\n`);
    expect(withKey(two, 'AAA+/=', { type: 'ssh-ed25519', base64: 'CCC' })).toBe(two);
    expect(withKey('', 'none', { type: 't', base64: 'X' })).toBe('t X slipway-rotation\n');
    expect(withKey('ssh-ed25519 BBB', 'BBB', { type: 't', base64: 'X' })).toBe('ssh-ed25519 BBB\nt X slipway-rotation\n');
  });

  it('loses one key and nothing else', () => {
    expect(withoutKey(FILE, 'AAA+/=')).toBe('# mine\n\nssh-ed25519 BBB you\n');
    expect(withoutKey('x', 'none')).toBe('x');
    expect(holdsKey('# ssh-ed25519 BBB', 'BBB')).toBe(false);
  });
});

describe('a secret of SSH', () => {
  const pair = ed25519Pair();
  const secret = (more: object = {}) => ({
    ...{ host: 'h', username: 'app', privateKey: pair.private, hostKey: pair.public },
    ...more,
  });

  it.each([
    [{ host: '' }, 'it has no host.'],
    [{ privateKey: 'x' }, 'no private key'],
    [{ privateKey: pair.public }, 'no private key'],
    [{ hostKey: undefined }, 'no hostKey'],
    [{ hostKey: 'x' }, 'no hostKey'],
    [{ authorizedKeysFile: 1 }, 'no path'],
  ])('is refused as %j', (more, words) => {
    expect(sshKey.problemOf(secret(more))).toContain(words);
  });

  it('is followed by one with another key pair, which is a whole one', async () => {
    const made = await sshKey.next(secret(), () => 'unused', '');
    expect(sshKey.problemOf(secret(made))).toBeUndefined();
    expect(made['privateKey']).not.toBe(pair.private);
    expect(sshKey.identityOf(secret(made))).toBe(sshKey.identityOf(secret()));
    expect(sshKey.identityOf(secret({ hostKey: made['publicKey'] }))).not.toBe(sshKey.identityOf(secret()));
  });
});
