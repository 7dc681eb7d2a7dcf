/**
 * What mysql2 asks iconv-lite for, by what Node.js has: bundles hold this file in the place of half a megabyte of tables (infra/bundle.ts).
 * Servers of ours are spoken to in utf8mb4; `cesu8` is mysql2's name for utf8mb3, in which the names of users and hosts are.
 */
const labelOf = (encoding: string): string => (encoding === 'cesu8' ? 'utf-8' : encoding);

/** Throws RangeError where Node.js knows no such encoding. */
export function getDecoder(encoding: string) {
  const decoder = new TextDecoder(labelOf(encoding));
  return { write: (bytes: Uint8Array) => decoder.decode(bytes), end: () => undefined };
}

/** Throws TypeError where Node.js cannot write it. */
export function getEncoder(encoding: string) {
  const label = labelOf(encoding);
  if (!Buffer.isEncoding(label)) throw new TypeError(`The encoding ${encoding} is none that Node.js writes.`);
  return { write: (text: string) => Buffer.from(text, label), end: () => undefined };
}
