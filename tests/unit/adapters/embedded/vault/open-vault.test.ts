import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpenVault } from '../../../../../adapters/embedded/vault/open-vault.ts';
import { VaultSecrets } from '../../../../../adapters/embedded/vault/vault-secrets.ts';
import { CURRENT } from '../../../../../shared/ports/secrets.ts';

const PASSPHRASE = Buffer.from('correct horse battery staple');
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-vault-'));
  path = join(folder, 'vault.json');
});
afterEach(() => rm(folder, { recursive: true }));

const filled = async () => {
  const vault = await OpenVault.create(path, PASSPHRASE);
  const secrets = new VaultSecrets(vault, () => 1000);
  await secrets.set('db', 'hunter2');
  await secrets.set('api', 'key-of-the-api');
  return { vault, secrets };
};
const read = async () => JSON.parse(await readFile(path, 'utf8'));
const write = (file: unknown) => writeFile(path, JSON.stringify(file));
const unlocked = () => OpenVault.unlock(path, PASSPHRASE);

describe('a vault', () => {
  it('gives back what was put in, after it was locked and unlocked', async () => {
    const { vault } = await filled();
    await vault.lock();
    const secrets = new VaultSecrets(await unlocked(), () => 2000);
    expect(await secrets.read('db', { stage: CURRENT })).toMatchObject({ text: 'hunter2' });
  });

  it('is readable by its owner alone, and holds nothing in the clear, names included', async () => {
    await filled();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const text = await readFile(path, 'utf8');
    for (const plain of ['hunter2', 'key-of-the-api', 'db"', 'AWSCURRENT', 'correct horse']) expect(text).not.toContain(plain);
    expect(await readdir(folder)).toEqual(['vault.json']);
  });

  it('opens nothing once it is locked', async () => {
    const { vault, secrets } = await filled();
    await vault.lock();
    await expect(secrets.read('db', { stage: CURRENT })).rejects.toMatchObject({ code: 'VAULT_DAMAGED' });
  });

  it('refuses a wrong passphrase, and to be made where there is one', async () => {
    await filled();
    await expect(OpenVault.unlock(path, Buffer.from('wrong'))).rejects.toMatchObject({ code: 'VAULT_PASSPHRASE' });
    await expect(OpenVault.create(path, PASSPHRASE)).rejects.toMatchObject({ code: 'VAULT_PASSPHRASE' });
  });

  it('refuses weaker parameters than those that its key was made with', async () => {
    await filled();
    const file = await read();
    await write({ ...file, derivation: { name: 'pbkdf2-sha256', salt: file.derivation.salt, iterations: 1 } });
    await expect(unlocked()).rejects.toMatchObject({ code: 'VAULT_DAMAGED' });
    await write({ ...file, derivation: { ...file.derivation, passes: 1 } });
    await expect(unlocked()).rejects.toMatchObject({ code: 'VAULT_PASSPHRASE' });
  });

  it('opens what PBKDF2 made, and makes Argon2id where it can', async () => {
    await filled();
    expect((await read()).derivation).toMatchObject({ name: 'argon2id', memory: 65_536, passes: 3, parallelism: 4 });
  });

  it('has a new key after a rotation: an entry of before does not open in it', async () => {
    const { vault } = await filled();
    const before = await read();
    await vault.rotateKey(Buffer.from('another passphrase'));
    const again = await OpenVault.unlock(path, Buffer.from('another passphrase'));
    expect(await new VaultSecrets(again, () => 0).read('db', { stage: CURRENT })).toMatchObject({ text: 'hunter2' });
    expect(Object.keys((await read()).entries)).not.toEqual(expect.arrayContaining(Object.keys(before.entries)));
    await expect(unlocked()).rejects.toMatchObject({ code: 'VAULT_PASSPHRASE' });
  });

  it('lets writers wait for each other', async () => {
    const { secrets, vault } = await filled();
    await Promise.all(Array.from({ length: 10 }, (_, index) => secrets.set(`s${index}`, `value ${index}`)));
    await vault.lock();
    const again = await unlocked();
    expect(again.secrets()).toHaveLength(12);
  });

  it('is whole where it is locked while some write and others wait for them, who are refused', async () => {
    const { secrets, vault } = await filled();
    const first = secrets.set('first', 'is being written');
    const second = expect(secrets.set('second', 'waits')).rejects.toMatchObject({ code: 'VAULT_LOCKED' });
    // The first has begun.
    await Promise.resolve();
    await vault.lock();
    await first;
    await second;
    const again = await unlocked();
    expect([again.damaged(), again.secrets()]).toEqual([[], ['api', 'db', 'first']]);
    expect(await readdir(folder)).toEqual(['vault.json']);
  });

  it('keeps no new key either where it is locked while that is made', async () => {
    const { secrets, vault } = await filled();
    const rotated = vault.rotateKey(Buffer.from('another passphrase'));
    // It has begun.
    await Promise.resolve();
    await vault.lock();
    await rotated;
    await expect(secrets.read('db', { stage: CURRENT })).rejects.toMatchObject({ code: 'VAULT_DAMAGED' });
    const again = await OpenVault.unlock(path, Buffer.from('another passphrase'));
    expect(await new VaultSecrets(again, () => 0).read('db', { stage: CURRENT })).toMatchObject({ text: 'hunter2' });
  });

  it('is as it was where it cannot be written', async () => {
    const { secrets } = await filled();
    if (process.getuid?.() === 0) return;
    await chmod(folder, 0o500);
    await expect(secrets.set('db', 'new')).rejects.toThrow();
    await chmod(folder, 0o700);
    expect(await secrets.read('db', { stage: CURRENT })).toMatchObject({ text: 'hunter2' });
  });
});

describe('a vault that was tampered with', () => {
  it.each([1, 10, 100, 1000])('says so where it lacks its last %i bytes', async (bytes) => {
    await filled();
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.slice(0, -bytes));
    if (bytes > 1) await expect(unlocked()).rejects.toMatchObject({ code: 'VAULT_DAMAGED' });
  });

  it('names the entries that were edited, and opens the others', async () => {
    await filled();
    const file = await read();
    const broken: string[] = [];
    for (const id of Object.keys(file.entries)) {
      const changed = structuredClone(file);
      const data = Buffer.from(changed.entries[id].data, 'base64');
      data[0] = (data[0] ?? 0) ^ 1;
      changed.entries[id].data = data.toString('base64');
      await write(changed);
      const vault = await unlocked();
      expect(vault.damaged()).toHaveLength(1);
      broken.push(vault.damaged()[0]?.secret ?? '');
      const other = vault.damaged()[0]?.secret === 'db' ? 'api' : 'db';
      expect(await new VaultSecrets(vault, () => 0).read(other, { stage: CURRENT })).toBeDefined();
    }
    expect(broken.sort()).toEqual(['api', 'api', 'db', 'db']);
  });

  it('tells entries that were swapped, taken away, added, or put back from an older file', async () => {
    const { secrets } = await filled();
    const older = await read();
    await secrets.set('db', 'newer');
    const file = await read();
    const [a = '', b = ''] = Object.keys(file.entries);
    const swapped = { ...file, entries: { ...file.entries, [a]: file.entries[b], [b]: file.entries[a] } };
    await write(swapped);
    expect((await unlocked()).damaged()).toHaveLength(2);
    const { [a]: _, ...fewer } = file.entries;
    await write({ ...file, entries: fewer });
    expect((await unlocked()).damaged()).toEqual([expect.objectContaining({ why: 'it is missing' })]);
    await write({ ...file, entries: { ...file.entries, more: file.entries[a] } });
    expect((await unlocked()).damaged()).toEqual([{ secret: '', why: 'it was added by something else' }]);
    const gone = Object.keys(older.entries).find((id) => !(id in file.entries)) ?? '';
    await write({ ...file, entries: { ...file.entries, [a]: older.entries[gone] } });
    expect((await unlocked()).damaged()).toHaveLength(1);
    await write({ ...file, manifest: older.manifest });
    expect((await unlocked()).damaged().length).toBeGreaterThan(0);
  });

  it('does not take boxes of another vault with the same passphrase', async () => {
    await filled();
    const file = await read();
    await rm(path);
    await filled();
    await write({ ...(await read()), key: file.key });
    await expect(unlocked()).rejects.toMatchObject({ code: 'VAULT_PASSPHRASE' });
  });

  it('never opens wrongly, whatever one byte of it is', async () => {
    await filled();
    const text = await readFile(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
        const changed = Buffer.from(text);
        changed[at] = (changed[at] ?? 0) ^ bits;
        await writeFile(path, changed);
        const vault = await unlocked().catch((error: { code?: string }) => error);
        if (!(vault instanceof OpenVault)) {
          expect(vault.code).toMatch(/^VAULT_/);
          return;
        }
        const secrets = new VaultSecrets(vault, () => 0);
        const found = await secrets.read('db', { stage: CURRENT }).catch((error: { code?: string }) => error);
        if (found && 'text' in found) expect(found.text).toBe('hunter2');
        else expect(vault.damaged().length).toBeGreaterThan(0);
      }),
      { numRuns: 25 },
    );
  });
});
