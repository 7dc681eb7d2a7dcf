import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { knownSecrets } from '../shared/redaction/known-secrets.ts';

/** The token of a data directory, readable by its owner alone. Made once, so that a restart logs nobody out. */
export async function accessToken(dataDir: string): Promise<string> {
  const path = join(dataDir, 'token');
  try {
    const kept = (await readFile(path, 'utf8')).trim();
    if (kept.length >= 32) return known(kept);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const token = randomBytes(32).toString('base64url');
  await writeFile(path, `${token}\n`, { mode: 0o600 });
  return known(token);
}

const known = (token: string): string => {
  knownSecrets.add(token);
  return token;
};
