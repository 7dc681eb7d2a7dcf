import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The longest path that a socket may have on Linux and macOS alike, in bytes. */
const LONGEST = 103;

/** Where a data directory keeps its vault. A socket's path may not be long: beyond, it is among the temporary files, under a name of its own. */
export function vaultPaths(dataDir: string) {
  const directory = resolve(dataDir);
  const near = join(directory, 'vault.sock');
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 24);
  return {
    vault: join(directory, 'vault.json'),
    audit: join(directory, 'vault-audit.jsonl'),
    attempts: join(directory, 'vault-attempts.json'),
    socket: Buffer.byteLength(near) <= LONGEST ? near : join(tmpdir(), `slipway-${name}.sock`),
  };
}
