import { describe, expect, it } from 'vitest';
import { SERVERS } from '../../../bench/rotation-servers.ts';
import { stallingProxy } from '../servers/stalling-proxy.ts';
import { RotationPlane } from './rotation-plane.ts';

const UNAVAILABLE = { code: 'SERVER_UNAVAILABLE', retryable: true };
const REST = ['setSecret', 'testSecret', 'finishSecret'];

describe.each(SERVERS)('a $name server that cannot be asked', ({ name, missing, start }) => {
  const lacking = missing();
  if (lacking && process.env['CI'] === 'true') throw new Error(`${name} is missing: ${lacking}`);
  if (lacking) console.log(`skipped: unavailable ${name}: ${lacking}`);

  it.skipIf(lacking)('because it hangs is waited for within bounds, and the rotation goes on afterwards', async () => {
    const server = await start();
    const { system, secret, master } = server.twoAtOnce;
    const proxy = await stallingProxy(Number(secret['port']));
    try {
      const through = { ...secret, port: proxy.port };
      const plane = new RotationPlane(system, through, { master: master && { ...master, port: proxy.port } });
      const token = plane.begin();
      await plane.step('createSecret', token);
      proxy.stall(true);
      const from = performance.now();
      await expect(plane.step('setSecret', token)).rejects.toMatchObject(UNAVAILABLE);
      expect(performance.now() - from).toBeLessThan(30_000);
      proxy.stall(false);
      for (const step of REST) await plane.step(step, token);
      await server.logIn(await plane.fields());
    } finally {
      await proxy.close();
      await server.close();
    }
  });

  it.skipIf(lacking || name === 'ssh')('because it has no TLS where the secret asks for it is no bad password', async () => {
    const server = await start();
    const { system, secret, master } = server.twoAtOnce;
    const proxy = await stallingProxy(Number(secret['port']));
    const through = { port: proxy.port, ssl: true };
    try {
      const plane = new RotationPlane(system, { ...secret, ...through }, { master: master && { ...master, ...through } });
      const token = plane.begin();
      await plane.step('createSecret', token);
      await expect(plane.step('setSecret', token)).rejects.toMatchObject(UNAVAILABLE);
      expect(proxy.clients()).toBeGreaterThan(0);
      for (const { username, password } of [secret, master ?? {}])
        for (const told of [username, password]) expect(proxy.said()).not.toContain(String(told));
      await server.logIn(secret);
    } finally {
      await proxy.close();
      await server.close();
    }
  });
});
