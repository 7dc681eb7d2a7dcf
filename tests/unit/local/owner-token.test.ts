import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../../../adapters/memory/virtual-clock.ts';
import { OwnerToken } from '../../../local/owner-token.ts';

async function bed() {
  const dataDir = await mkdtemp(join(tmpdir(), 'slipway-owner-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const clock = new VirtualClock();
  return { dataDir, clock, token: new OwnerToken(dataDir, clock) };
}

describe('the token of a data directory', () => {
  it('is made once, for its owner alone', async () => {
    const { dataDir, clock, token } = await bed();
    const made = await token.read();
    expect(await new OwnerToken(dataDir, clock).read()).toBe(made);
    expect((await stat(join(dataDir, 'token'))).mode & 0o777).toBe(0o600);
    expect(await token.opens(made)).toBe(true);
    for (const other of ['', 'x', `${made}x`]) expect(await token.opens(other)).toBe(false);
  });

  it('is two at once while one replaces the other, also for whoever runs already', async () => {
    const { dataDir, clock, token } = await bed();
    const running = new OwnerToken(dataDir, clock);
    const old = await running.read();
    expect(await token.rotate(1000)).toEqual({ oldUntil: 1000 });
    const next = await token.read();
    expect(next).not.toBe(old);
    for (const one of [old, next]) expect(await running.opens(one)).toBe(true);
    expect(await readFile(join(dataDir, 'token-replaced.json'), 'utf8')).not.toContain(old);
    await clock.advanceTo(1000);
    expect([await running.opens(old), await running.opens(next)]).toEqual([false, true]);
  });

  it('leaves the old one no time where it is not to be trusted, and one of before never comes back', async () => {
    const { token } = await bed();
    const first = await token.read();
    await token.rotate(60_000);
    const second = await token.read();
    await token.rotate(0);
    expect([await token.opens(first), await token.opens(second), await token.opens(await token.read())]).toEqual([
      false,
      false,
      true,
    ]);
  });
});
