import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { seededIds } from '../../../adapters/memory/seeded-ids.ts';
import { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
import { AccessTokens } from '../../../local/access-tokens.ts';
import { identify } from '../../../local/identify.ts';

async function bed() {
  const dataDir = await mkdtemp(join(tmpdir(), 'slipway-tokens-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const clock = new VirtualClock();
  return { dataDir, clock, ids: seededIds(1, clock), tokens: new AccessTokens(dataDir, clock) };
}
const viewer = { actor: 'ada', roles: ['staging:viewer'] };

describe('access tokens', () => {
  it('tell their bearer, until they are revoked', async () => {
    const { tokens, ids } = await bed();
    const { token, made } = await tokens.create(viewer, ids);
    expect(await tokens.bearerOf(token)).toEqual(made);
    expect(made).toMatchObject(viewer);
    expect(await tokens.revoke(made.id)).toBe(true);
    expect(await tokens.bearerOf(token)).toBeUndefined();
    expect(await tokens.revoke(made.id)).toBe(false);
  });

  it('expire', async () => {
    const { tokens, ids, clock } = await bed();
    const { token } = await tokens.create({ ...viewer, ttl: 1000 }, ids);
    await clock.advanceTo(999);
    expect(await tokens.bearerOf(token)).toBeDefined();
    await clock.advanceTo(1000);
    expect(await tokens.bearerOf(token)).toBeUndefined();
    expect(await tokens.list()).toHaveLength(1);
  });

  it('are two at once while one replaces the other, and the old one goes with its time', async () => {
    const { tokens, ids, clock } = await bed();
    const { token: old, made } = await tokens.create({ ...viewer, ttl: 10_000 }, ids);
    const rotated = await tokens.rotate(made.id, 1000, ids);
    expect(rotated).toMatchObject({ oldUntil: 1000, made: { ...viewer, expiresAt: 10_000 } });
    for (const token of [old, rotated?.token ?? '']) expect(await tokens.bearerOf(token)).toMatchObject(viewer);
    await clock.advanceTo(1000);
    expect(await tokens.bearerOf(old)).toBeUndefined();
    expect(await tokens.bearerOf(rotated?.token ?? '')).toMatchObject(viewer);
    expect(await tokens.rotate('0'.repeat(26), 1000, ids)).toBeUndefined();
  });

  it('are listed whole while others are made', async () => {
    const { tokens, ids } = await bed();
    const made = Promise.all(Array.from({ length: 50 }, () => tokens.create(viewer, ids)));
    for (let listed = 0; listed < 50; ) listed = (await tokens.list()).length;
    await made;
    expect(await tokens.list()).toHaveLength(50);
  });

  it('have the old one opened at most as long as before, and not at all where it is revoked', async () => {
    const { tokens, ids } = await bed();
    const { token, made } = await tokens.create({ ...viewer, ttl: 1000 }, ids);
    expect((await tokens.rotate(made.id, 60_000, ids))?.oldUntil).toBe(1000);
    await tokens.rotate(made.id, 0, ids);
    expect(await tokens.bearerOf(token)).toBeUndefined();
  });

  it('are kept for their owner alone, and no secret with them', async () => {
    const { tokens, ids, dataDir } = await bed();
    const { token, made } = await tokens.create(viewer, ids);
    const [name = ''] = await readdir(join(dataDir, 'tokens'));
    const file = join(dataDir, 'tokens', name);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(dataDir, 'tokens'))).mode & 0o777).toBe(0o700);
    expect(await readFile(file, 'utf8')).not.toContain(token.slice(made.id.length + 1));
    expect(JSON.stringify(await tokens.list())).not.toContain('hash');
  });

  it.each(['', '.', 'x', '../token.x', '/etc/passwd.', `${'0'.repeat(26)}.secret`])('are not opened by %j', async (given) => {
    expect(await (await bed()).tokens.bearerOf(given)).toBeUndefined();
  });

  it('are opened by the whole secret only', async () => {
    const { tokens, ids } = await bed();
    const [one, other] = [await tokens.create(viewer, ids), await tokens.create(viewer, ids)];
    for (const wrong of [
      one.token.slice(0, -1),
      `${one.token}x`,
      `${one.made.id}.`,
      `${one.made.id}.${other.token.split('.')[1]}`,
    ])
      expect(await tokens.bearerOf(wrong)).toBeUndefined();
  });
});

describe('whoever bears a token', () => {
  it('is the owner with the first, and whom another was made for', async () => {
    const { tokens, ids } = await bed();
    const { token } = await tokens.create(viewer, ids);
    const who = identify({ opens: async (bearer) => bearer === 'first-token' }, 'root', tokens);
    expect(await who('first-token')).toEqual({ actor: 'root', roles: ['*:admin'] });
    expect(await who(token)).toMatchObject(viewer);
    for (const wrong of ['', 'first-toke', 'first-tokenx']) expect(await who(wrong)).toBeUndefined();
  });
});
