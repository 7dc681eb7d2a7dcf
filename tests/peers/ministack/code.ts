import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';

/** The archive of a folder's bundle, as a deployment would upload it but for source maps. */
export async function zipped(folder: string): Promise<Uint8Array> {
  const modules = (await readdir(folder)).filter((file) => file.endsWith('.mjs'));
  const files = modules.map(async (file) => [file, new Uint8Array(await readFile(join(folder, file)))] as const);
  return zipSync(Object.fromEntries(await Promise.all(files)), { level: 1 });
}
