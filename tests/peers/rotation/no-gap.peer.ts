import { describe, expect, it } from 'vitest';
import { rotateUnderLoad } from '../../../bench/rotation-clients.ts';
import { SERVERS } from '../../../bench/rotation-servers.ts';

/** What is left of the overlap when a cache is read anew, two seconds and a half, is for one login on a busy machine. */
const LOAD = { clients: 10, rotations: 5, cache: 400, overlap: 3000 };

describe.each(SERVERS)('clients of $name that log in all the time', ({ name, missing, start }) => {
  const lacking = missing();
  if (lacking && process.env['CI'] === 'true') throw new Error(`${name} is missing: ${lacking}`);
  if (lacking) console.log(`skipped: rotation under load on ${name}: ${lacking}`);

  it.skipIf(lacking)('are let in through rotations, and refused where the password is set before the label moves', async () => {
    const server = await start();
    try {
      const kept = await rotateUnderLoad({ ...LOAD, ...server.twoAtOnce, logIn: server.logIn });
      expect(kept.logins).toBeGreaterThan(100);
      expect([...kept.reasons]).toEqual([]);
      const broken = await rotateUnderLoad({ ...LOAD, ...server.setThenMove, logIn: server.logIn, rotations: 1 });
      expect(broken.failed).toBeGreaterThan(0);
    } finally {
      await server.close();
    }
  });
});
