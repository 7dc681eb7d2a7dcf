import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';

/** The archive of a folder's bundle, as a deployment would upload it but for the source map. */
export async function zipped(folder: string): Promise<Uint8Array> {
  return zipSync({ 'index.mjs': await readFile(join(folder, 'index.mjs')) }, { level: 1 });
}
