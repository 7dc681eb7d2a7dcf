import { rotateUnderLoad } from './rotation-clients.ts';
import { SERVERS } from './rotation-servers.ts';
import type { Row } from './row.ts';

const ROTATIONS = 20;
const CLIENTS = 50;
/** A third of the overlap, as five minutes are of fifteen. */
const CACHE_MS = 400;
const OVERLAP_MS = 1200;
/** A login by SSH takes far more work on both sides. */
const OF_SSH = { clients: 10, rotations: 5 };

/**
 * Clients that log in again and again through rotations of their secret, on each server that is installed: how many are refused while two
 * credentials are valid for the overlap, and how many where the password is set before the label moves.
 */
export async function rotation({ rounds = ROTATIONS }: { rounds?: number }): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, missing, start } of SERVERS) {
    const lacking = missing();
    if (lacking) {
      process.stderr.write(`skipped: ${name}: ${lacking}\n`);
      continue;
    }
    const load = { cache: CACHE_MS, overlap: OVERLAP_MS, clients: CLIENTS, rotations: rounds };
    const server = await start();
    try {
      for (const way of ['twoAtOnce', 'setThenMove'] as const) {
        const scaled = name === 'ssh' ? { ...load, ...OF_SSH, rotations: Math.min(rounds, OF_SSH.rotations) } : load;
        const { logins, failed, reasons } = await rotateUnderLoad({ ...scaled, ...server[way], logIn: server.logIn });
        for (const [reason, times] of reasons) process.stderr.write(`${name}, ${way}: ${times} times ${reason}\n`);
        rows.push(...rowsOf(name, way, logins, failed, scaled.rotations));
      }
    } finally {
      await server.close();
    }
  }
  return rows;
}

function rowsOf(name: string, way: 'twoAtOnce' | 'setThenMove', logins: number, failed: number, rotations: number): Row[] {
  const [of, goal] = way === 'twoAtOnce' ? ['Slipway', '0'] : ['set, then move the label', null];
  return [
    { name: `${name}, ${of}: failed`, value: failed, unit: 'logins', goal, met: goal === null ? null : failed === 0 },
    { name: `${name}, ${of}: in ${rotations} rotations`, value: logins, unit: 'logins', goal: null, met: null },
  ];
}
